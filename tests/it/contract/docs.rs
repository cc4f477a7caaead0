//! `GET /openapi.json` and `GET /docs`.

use http::Response;
use lambda_http::Body;
use orders_service::http::{handlers, serve};
use orders_service::openapi::page;

use crate::support::World;

async fn get(world: &World, url: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = http::Request::builder().uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    serve(&world.app, &handlers::all(), request.body(Body::Empty).unwrap()).await
}

fn header<'a>(answer: &'a Response<Body>, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_document_is_the_one_the_code_makes_and_may_be_kept() {
    let world = World::new().await;
    // Behind a gateway's prefix, without a token.
    let answer = get(&world, "/stage/openapi.json", &[]).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "content-type"), "application/json");
    assert_eq!(header(&answer, "cache-control"), "public, max-age=300");
    let made = orders_service::openapi::to_json().unwrap();
    assert!(answer.body().as_ref() == made.as_bytes());
    let tag = header(&answer, "etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 20, "{tag}");
    for sent in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let held = get(&world, "/openapi.json", &[("if-none-match", &sent)]).await;
        assert_eq!((held.status().as_u16(), held.body().len()), (304, 0), "{sent}");
        assert_eq!(header(&held, "etag"), tag);
    }
    let changed = get(&world, "/openapi.json", &[("if-none-match", "\"x\"")]).await;
    assert_eq!(changed.status(), 200);
}

#[tokio::test]
async fn the_page_and_its_files_are_served_with_their_types() {
    let world = World::new().await;
    let page = get(&world, "/docs", &[]).await;
    assert_eq!(page.status(), 200);
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    let policy = header(&page, "content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    for asset in &page::ASSETS {
        let url = format!("/docs?asset={}", asset.name);
        let plain = get(&world, &url, &[]).await;
        assert_eq!(
            (plain.status().as_u16(), header(&plain, "content-type")),
            (200, asset.content_type)
        );
        assert_eq!(header(&plain, "content-encoding"), "");
        assert_eq!(header(&plain, "x-content-type-options"), "nosniff");
        assert!(plain.body().as_ref() == asset.plain().unwrap());
        let refused = get(&world, &url, &[("accept-encoding", "br, gzip;q=0")]).await;
        assert_eq!(header(&refused, "content-encoding"), "", "{}", asset.name);
        let packed = get(&world, &url, &[("accept-encoding", "br, GZIP;q=0.8")]).await;
        if let Some(gzip) = asset.gzip() {
            assert_eq!(header(&packed, "content-encoding"), "gzip");
            assert!(packed.body().as_ref() == gzip);
            assert_ne!(header(&packed, "etag"), header(&plain, "etag"));
        } else {
            assert_eq!(header(&packed, "content-encoding"), "");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_understood_is_a_problem() {
    // D5, D8
    let world = World::new().await;
    for (url, status, code) in [
        ("/docs?asset=../Cargo.toml", 404, "not-found"),
        ("/docs?asset=", 404, "not-found"),
        ("/docs?asset=page.css&asset=page.css", 400, "invalid-query"),
        ("/docs?colour=blue", 400, "invalid-query"),
        ("/openapi.json?pretty=1", 400, "invalid-query"),
        ("/health?x", 400, "invalid-query"),
    ] {
        world
            .raw("GET", url, None, &[])
            .await
            .expect_problem(status, code);
    }
}
