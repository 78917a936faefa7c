//! gzip by the runtime's own streams: no crate, and off the wasm heap.

use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, Response};

use crate::failure::{Failure, Result};

#[wasm_bindgen]
extern "C" {
    type CompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> std::result::Result<CompressionStream, JsValue>;

    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> std::result::Result<DecompressionStream, JsValue>;
}

/// `bytes`, compressed.
pub async fn gzip(bytes: Vec<u8>) -> Result<Vec<u8>> {
    let transform = CompressionStream::new("gzip").map_err(broken)?;
    through(bytes, &transform.into()).await
}

/// `bytes`, as they were before [`gzip`].
pub async fn gunzip(bytes: Vec<u8>) -> Result<Vec<u8>> {
    let transform = DecompressionStream::new("gzip").map_err(broken)?;
    through(bytes, &transform.into()).await
}

async fn through(mut bytes: Vec<u8>, transform: &JsValue) -> Result<Vec<u8>> {
    let whole = Response::new_with_opt_u8_array(Some(&mut bytes)).map_err(broken)?;
    let Some(body) = whole.body() else { return Ok(Vec::new()) };
    let pipe: Function = Reflect::get(&body, &"pipeThrough".into()).map_err(broken)?.unchecked_into();
    let changed: ReadableStream = pipe.call1(&body, transform).map_err(broken)?.unchecked_into();
    let whole = Response::new_with_opt_readable_stream(Some(&changed)).map_err(broken)?;
    let buffer = JsFuture::from(whole.array_buffer().map_err(broken)?).await.map_err(broken)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn broken(error: JsValue) -> Failure {
    Failure::internal(format!("gzip: {error:?}"))
}
