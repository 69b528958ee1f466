//! Erases a person from a running service, or shows what is stored of them.
//!
//! `curl` sends it, with the certificates and the proxy of the machine. Token and address go to it through a pipe:
//! the arguments of a process are for everybody on the machine to read.

use std::env;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::failure::Failure;

/// The variable that holds the ID token of one of the vendor's managers.
const TOKEN: &str = "TOKEN";
/// How long one answer may take. A function has half a minute.
const SECONDS_MAX: u32 = 35;
/// How often a step is repeated that the service could not finish. Each goes on where the one before has stopped.
const TRIES_MAX: u32 = 10;
/// What parts the body from the status in what `curl` prints.
const STATUS: &str = "\\n%{http_code}";

/// What a service answered.
struct Answer {
    status: u16,
    body: Value,
}

/// Shows what is stored of the person of an address and, where there is a reason, erases them: first the sign-in where
/// there is a pool, because a sign-in makes a person of that address anew.
pub fn run(url: &str, email: &str, reason: Option<&str>, user_pool: Option<&str>) -> Result<(), Failure> {
    let token = env::var(TOKEN).map_err(|_| {
        Failure::Input(format!("Set {TOKEN} to the ID token of one of the vendor's managers; see infra/README.md."))
    })?;
    let url = url.trim_end_matches('/');
    let post = |path: &str, key: &str, body: &Value| post(&format!("{url}{path}"), &token, key, body);
    let found = post("/v1/people/find", "find", &json!({ "email": email }))?;
    match found.status {
        200 => println!("{:#}", found.body),
        404 => println!("The service knows nobody of this address."),
        _ => return Err(refused(&found)),
    }
    let Some(reason) = reason else { return Ok(()) };
    if let Some(pool) = user_pool {
        delete_sign_in(pool, email)?;
    }
    if found.status == 404 {
        return Ok(());
    }
    let person = found.body["person"]["personId"].as_str().unwrap_or_default().to_owned();
    let (path, body) = (format!("/v1/people/{person}/erase"), json!({ "reason": reason }));
    let key = format!("erase-{person}");
    let mut erased = post(&path, &key, &body)?;
    for _ in 1..TRIES_MAX {
        if erased.status < 500 {
            break;
        }
        erased = post(&path, &key, &body)?;
    }
    if erased.status != 200 {
        return Err(refused(&erased));
    }
    tell(&erased.body);
    Ok(())
}

fn tell(erased: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    println!("Erased. What names the person goes on with the id {}.", text(&erased["personId"]));
    let orphaned = erased["withoutManager"].as_array().cloned().unwrap_or_default();
    if !orphaned.is_empty() {
        println!("These have no manager now. Appoint one in the portal, on the customer's page under People:");
    }
    for party in orphaned {
        println!("  {} {}", text(&party["party"]), text(&party["of"]));
    }
}

fn refused(answer: &Answer) -> Failure {
    let said = answer.body["detail"].as_str().or(answer.body["message"].as_str());
    let hint = if answer.status == 401 { " The token has ended or is of another service: sign in again." } else { "" };
    Failure::Input(format!("{}: {}{hint}", answer.status, said.unwrap_or("the answer was not understood")))
}

/// Deletes the user of an address from a pool; one that is not there is none to delete.
fn delete_sign_in(pool: &str, email: &str) -> Result<(), Failure> {
    let mut aws = Command::new("aws");
    aws.args(["cognito-idp", "admin-delete-user", "--user-pool-id", pool, "--username", email]);
    let output = aws.output().map_err(|_| Failure::MissingTool {
        tool: "aws".to_owned(),
        remedy: "install the AWS command line, or delete the user in the Cognito console and leave --user-pool out",
    })?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        println!("The sign-in is deleted.");
    } else if said.contains("UserNotFoundException") {
        println!("The pool has no sign-in of this address.");
    } else {
        return Err(Failure::Input(format!("Nothing was erased, because the sign-in stays: {}", said.trim())));
    }
    Ok(())
}

fn post(url: &str, token: &str, key: &str, body: &Value) -> Result<Answer, Failure> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--config", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut curl = curl.spawn().map_err(|_| Failure::MissingTool {
        tool: "curl".to_owned(),
        remedy: "install it, on Debian with `apt-get install curl`",
    })?;
    let broken = |_| Failure::Input("curl ended early".to_owned());
    if let Some(mut stdin) = curl.stdin.take() {
        stdin.write_all(config(url, token, key, body).as_bytes()).map_err(broken)?;
    }
    let output = curl.wait_with_output().map_err(broken)?;
    if !output.status.success() {
        return Err(Failure::Input(format!("{url} was not reached")));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let (body, status) = text.rsplit_once('\n').unwrap_or_default();
    Ok(Answer { status: status.parse().unwrap_or_default(), body: serde_json::from_str(body).unwrap_or_default() })
}

/// What `curl` is told: a line for each option, with the value in quotation marks.
fn config(url: &str, token: &str, key: &str, body: &Value) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let body = quoted(&body.to_string());
    format!(
        "url = \"{}\"\nmax-time = {SECONDS_MAX}\nwrite-out = \"{STATUS}\"\nheader = \"authorization: Bearer {}\"\n\
         header = \"idempotency-key: {}\"\nheader = \"content-type: application/json\"\ndata-binary = \"{body}\"\n",
        quoted(url),
        quoted(token),
        quoted(key),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_ends_no_option() {
        let body = json!({ "reason": "He said \"go\"\nurl = \"https://elsewhere.example\" \\" });
        let config = config("https://licenses.example.com/v1/people/find", "a.b.c", "key", &body);
        let data = config.lines().find(|line| line.starts_with("data-binary")).unwrap();
        assert_eq!(config.lines().filter(|line| line.starts_with("url")).count(), 1);
        assert_eq!(
            data,
            r#"data-binary = "{\"reason\":\"He said \\\"go\\\"\\nurl = \\\"https://elsewhere.example\\\" \\\\\"}""#
        );
    }
}
