//! Making the clients of the clouds, with the credentials their own tools take from the environment.

use downbeat_core::Span;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use super::StoreError;
use super::connector::{ATTEMPT, Connector};
use super::error::said;
use crate::clock;
use crate::publish::target::{Bucket, Kind};

/// How long the pause between two attempts may become: 1 s.
const PAUSE_MAX: Span = Span::from_millis(1_000);

/// Makes the client of a bucket; every call may take about `timeout` altogether.
pub(super) fn bucket(
    bucket: &Bucket,
    connector: &Connector,
    timeout: Span,
) -> Result<Box<dyn ObjectStore>, StoreError> {
    let Bucket { kind, name, endpoint, region, account, .. } = bucket;
    let retry = retry(timeout);
    let connector = connector.clone();
    let plain = endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
    let built: object_store::Result<Box<dyn ObjectStore>> = match kind {
        Kind::S3 => {
            // One by one: not every store that speaks S3 knows how to delete many at once.
            let mut builder = AmazonS3Builder::from_env()
                .with_bucket_name(name)
                .with_retry(retry)
                .with_disable_bulk_delete(true)
                .with_http_connector(connector);
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(endpoint).with_allow_http(plain);
            }
            if let Some(region) = region {
                builder = builder.with_region(region);
            }
            builder.build().map(|store| Box::new(store) as _)
        }
        Kind::Google => {
            let mut builder = GoogleCloudStorageBuilder::from_env()
                .with_bucket_name(name)
                .with_retry(retry)
                .with_http_connector(connector);
            if let Some(endpoint) = endpoint {
                builder = builder.with_base_url(endpoint);
            }
            builder.build().map(|store| Box::new(store) as _)
        }
        Kind::Azure => {
            let mut builder = MicrosoftAzureBuilder::from_env()
                .with_container_name(name)
                .with_retry(retry)
                .with_http_connector(connector);
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(endpoint.clone()).with_allow_http(plain);
            }
            if let Some(account) = account {
                builder = builder.with_account(account);
            }
            builder.build().map(|store| Box::new(store) as _)
        }
    };
    built.map_err(|error| StoreError::Settings { kind: *kind, why: said(&error.to_string()) })
}

/// Returns when to try again: until an attempt begun then could outlast `timeout`.
fn retry(timeout: Span) -> RetryConfig {
    let backoff = BackoffConfig { max_backoff: clock::duration(PAUSE_MAX), ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: 100, retry_timeout: clock::duration(timeout - ATTEMPT) }
}
