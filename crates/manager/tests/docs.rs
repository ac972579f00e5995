//! The page about the API.

use crate::harness::Manager;
use crate::http::get;

#[tokio::test]
async fn the_page_and_all_that_it_names_come_from_the_manager_alone() {
    let manager = Manager::start().await;
    for prefix in ["", "/api"] {
        let page = manager.send(get(format!("{prefix}/docs"))).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        let text = page.text();
        let named = text.split('"').filter(|part| part.starts_with("docs/") || *part == "openapi.json");
        let named: Vec<&str> = named.collect();
        assert_eq!(named.len(), 5, "{text}");
        assert!(!text.contains("//"), "nothing from elsewhere: {text}");
        for name in named {
            let file = manager.send(get(format!("{prefix}/{name}"))).await;
            assert_eq!(file.status, 200, "{name}");
            let kind = if name.ends_with(".css") {
                "css"
            } else if name.ends_with(".js") {
                "javascript"
            } else {
                "json"
            };
            assert!(file.header("content-type").unwrap().contains(kind), "{name}");
        }
    }
    manager.send(get("/docs/nothing.js")).await.problem(404);
}
