//! The web application, through the gateway as a browser gets it.

use http_api::Clock;
use local::{Browser, Stack, StackConfig};
use reqwest::Method;

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_the_page_then_its_files_compressed_and_nothing_twice() {
    let stack = Stack::start(StackConfig::in_memory(Clock::system())).await.unwrap();
    let browser = Browser::new(&stack).unwrap();
    let page = browser.open("/accounts/nobody-knows").await.unwrap();
    assert_eq!((page.status.as_u16(), page.media_type.as_str()), (200, "text/html; charset=utf-8"));
    let tag = page.etag.clone().unwrap();
    let again = browser.request(Method::GET, "/").header("if-none-match", tag);
    assert_eq!(browser.send(again).await.unwrap().status, 304);

    let addresses = page.body.split('"').filter(|text| text.starts_with("/assets/"));
    let mut seen = 0;
    for address in addresses {
        seen += 1;
        let packed = browser.request(Method::GET, address).header("accept-encoding", "gzip, br").send().await.unwrap();
        assert_eq!((packed.status().as_u16(), &packed.headers()["vary"]), (200, &"Accept-Encoding".parse().unwrap()));
        assert_eq!(packed.headers()["cache-control"], "public, max-age=31536000, immutable");
        let encoded = packed.headers().get("content-encoding").is_some_and(|encoding| encoding == "br");
        let bytes = packed.bytes().await.unwrap();
        let plain = browser.request(Method::GET, address).send().await.unwrap().bytes().await.unwrap();
        assert!(encoded && bytes.len() < plain.len(), "{address}");
        let head = browser.send(browser.request(Method::HEAD, address)).await.unwrap();
        assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
    }
    assert!(seen >= 2, "a script and a style: {}", page.body);
    let problem = browser.open("/v1/nothing").await.unwrap();
    assert_eq!((problem.status.as_u16(), problem.code().as_str()), (404, "no_such_route"));
    stack.stop().await;
}
