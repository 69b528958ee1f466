//! The main job.

use std::sync::Mutex;

#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_the_brief_arrives_at_an_activated_app_suite() {
    let lines = Mutex::new(Vec::new());
    local::demo::run(|line| lines.lock().unwrap().push(line.to_owned())).await.unwrap();
    let said = lines.into_inner().unwrap().join("\n");
    for expected in ["PO per espansione hotel pack Cable and Wireless - 19/00021", "IP Fax server (channels)", "4 / 4"]
    {
        assert!(said.contains(expected), "{expected} is not in:\n{said}");
    }
}
