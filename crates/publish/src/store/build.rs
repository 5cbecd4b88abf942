//! Making the clients of the clouds.

use downbeat_api::clock;
use downbeat_core::Span;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use super::connector::{ATTEMPT, Connector};
use super::credentials::Credentials;
use super::error::StoreError;
use super::excerpt::excerpt;
use crate::target::{Bucket, Kind};

/// The longest pause between two attempts: 1 s.
const PAUSE_MAX: Span = Span::from_millis(1_000);

/// Creates the client of a bucket. Every call may take about `timeout` altogether.
pub(super) fn bucket(
    bucket: &Bucket,
    credentials: &Credentials,
    connector: &Connector,
    timeout: Span,
) -> Result<Box<dyn ObjectStore>, StoreError> {
    let built = match bucket.kind {
        Kind::S3 => s3(bucket, credentials, connector, timeout),
        Kind::Google => google(bucket, credentials, connector, timeout),
        Kind::Azure => azure(bucket, credentials, connector, timeout),
    };
    built.map_err(|error| StoreError::Settings { kind: bucket.kind, why: excerpt(&error.to_string()) })
}

type Built = object_store::Result<Box<dyn ObjectStore>>;

fn s3(bucket: &Bucket, credentials: &Credentials, connector: &Connector, timeout: Span) -> Built {
    let Bucket { name, endpoint, region, .. } = bucket;
    // One by one: not every store that speaks S3 can delete many objects at once.
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(name)
        .with_retry(retry(timeout))
        .with_disable_bulk_delete(true)
        .with_http_connector(connector.clone());
    for (key, value) in credentials.parsed("AWS_", |name| name.parse().ok()) {
        builder = builder.with_config(key, value);
    }
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(is_plain(endpoint));
    }
    if let Some(region) = region {
        builder = builder.with_region(region);
    }
    Ok(Box::new(builder.build()?))
}

fn google(bucket: &Bucket, credentials: &Credentials, connector: &Connector, timeout: Span) -> Built {
    let mut builder = GoogleCloudStorageBuilder::new()
        .with_bucket_name(&bucket.name)
        .with_retry(retry(timeout))
        .with_http_connector(connector.clone());
    if let Some(path) = credentials.get("SERVICE_ACCOUNT") {
        builder = builder.with_config(GoogleConfigKey::ServiceAccount, path);
    }
    for (key, value) in credentials.parsed("GOOGLE_", |name| name.parse().ok()) {
        builder = builder.with_config(key, value);
    }
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_base_url(endpoint);
    }
    Ok(Box::new(builder.build()?))
}

fn azure(bucket: &Bucket, credentials: &Credentials, connector: &Connector, timeout: Span) -> Built {
    let mut builder = MicrosoftAzureBuilder::new()
        .with_container_name(&bucket.name)
        .with_retry(retry(timeout))
        .with_http_connector(connector.clone());
    for (key, value) in credentials.parsed("AZURE_", |name| name.parse().ok()) {
        builder = builder.with_config(key, value);
    }
    if let Some(endpoint) = credentials.get("IDENTITY_ENDPOINT") {
        builder = builder.with_msi_endpoint(endpoint);
    }
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint.clone()).with_allow_http(is_plain(endpoint));
    }
    if let Some(account) = &bucket.account {
        builder = builder.with_account(account);
    }
    Ok(Box::new(builder.build()?))
}

fn is_plain(endpoint: &str) -> bool {
    endpoint.starts_with("http://")
}

/// Returns when to try again: as long as an attempt that begins then cannot outlast `timeout`.
fn retry(timeout: Span) -> RetryConfig {
    let backoff = BackoffConfig { max_backoff: clock::duration(PAUSE_MAX), ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: 100, retry_timeout: clock::duration(timeout - ATTEMPT) }
}
