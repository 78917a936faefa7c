//! `openapi.json` is what the types say. `UPDATE_OPENAPI=1 cargo test -p contract` writes it anew.

use std::path::PathBuf;

#[test]
fn the_committed_document_is_what_the_types_say() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let fresh = contract::openapi::json();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &fresh).expect("openapi.json can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == fresh,
        "openapi.json is stale: run UPDATE_OPENAPI=1 cargo test -p contract, then npm run generate:client -w frontend"
    );
}

#[test]
fn no_internal_path_is_described() {
    assert!(!contract::openapi::json().contains("/internal/"));
}
