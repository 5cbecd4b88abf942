//! Calls to Durable Objects: a request and a response, both short texts (or a socket).
//!
//! The wrappers of workers-rs copy every header and stream every body. Objects here answer with a status and a short
//! text, for which the runtime's own calls are enough.

use downbeat_core::fanout::Region;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Request, RequestInit, Response};
use worker::{Env, Error, Result};

#[wasm_bindgen]
extern "C" {
    type Namespace;

    #[wasm_bindgen(method, catch, js_name = getByName)]
    fn get_by_name(this: &Namespace, name: &str, options: &JsValue) -> core::result::Result<Stub, JsValue>;

    type Stub;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Stub, request: &Request) -> core::result::Result<Promise, JsValue>;
}

/// A request to an object.
#[derive(Clone)]
pub(crate) struct ObjectRequest<'a> {
    /// `GET`, `PUT`, `POST` or `DELETE`.
    pub(crate) method: &'a str,
    /// The path, with its query.
    pub(crate) path: &'a str,
    /// The headers: names and values.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(crate) body: Option<&'a [u8]>,
}

impl<'a> ObjectRequest<'a> {
    /// Returns a `GET` of `path`.
    pub(crate) const fn get(path: &'a str) -> Self {
        Self { method: "GET", path, headers: Vec::new(), body: None }
    }
}

/// The name of an object.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a> {
    /// The binding of its namespace.
    pub(crate) binding: &'a str,
    /// Its name.
    pub(crate) name: &'a str,
    /// Where to create it, if this call does.
    pub(crate) region: Option<Region>,
}

/// Sends a request to an object; returns the status and the text of its answer.
pub(crate) async fn send(env: &Env, object: Object<'_>, request: ObjectRequest<'_>) -> Result<(u16, String)> {
    let response = fetch(env, object, request).await?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

/// Sends a request to an object; returns the response as it is.
pub(crate) async fn fetch(env: &Env, object: Object<'_>, request: ObjectRequest<'_>) -> Result<Response> {
    let namespace = js_sys::Reflect::get(env, &object.binding.into())?;
    if namespace.is_undefined() {
        let binding = object.binding;
        return Err(Error::RustError(format!("the binding {binding} is missing in the worker's configuration")));
    }
    let options = match object.region {
        Some(region) => {
            let options = js_sys::Object::new();
            js_sys::Reflect::set(&options, &"locationHint".into(), &region.as_str().into())?;
            options.into()
        }
        None => JsValue::UNDEFINED,
    };
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_headers(&headers);
    if let Some(body) = request.body {
        init.set_body(&js_sys::Uint8Array::from(body));
    }
    let url = format!("https://object{}", request.path);
    let request = Request::new_with_str_and_init(&url, &init)?;
    let stub = namespace.unchecked_into::<Namespace>().get_by_name(object.name, &options)?;
    Ok(JsFuture::from(stub.fetch(&request)?).await?.unchecked_into())
}
