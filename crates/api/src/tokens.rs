//! The calls about tokens. They send hashes: no token and no sign-in code leaves this machine.

use downbeat_wire::Route;
use downbeat_wire::keyring::{ListedToken, NewToken, OwnToken, Rotation, TokenList};
use downbeat_wire::token::TokenId;
use http::Method;

use crate::attempts::Call;
use crate::client::Client;
use crate::error::ApiError;

impl Client {
    /// Returns the tokens that the server knows, as far as this client's token may see them.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn tokens(&self) -> Result<TokenList, ApiError> {
        self.read_body(&Call::get(Route::Tokens).authorized()).await
    }

    /// Adds a token. It is safe to repeat: the second arrival changes nothing.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn add_token(&self, wanted: &NewToken) -> Result<ListedToken, ApiError> {
        self.notify_sending();
        let body = wanted.body().to_string().into_bytes();
        self.read_body(&Call::sending(Method::POST, Route::Tokens, body)).await
    }

    /// Replaces a token's secret or sign-in code. It is safe to repeat.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn rotate_token(&self, id: &TokenId, rotation: &Rotation) -> Result<ListedToken, ApiError> {
        self.notify_sending();
        let body = rotation.body().to_string().into_bytes();
        self.read_body(&Call::sending(Method::POST, Route::OneToken(id.clone()), body)).await
    }

    /// Revokes a token. Revoking a revoked one is a success.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn revoke_token(&self, id: &TokenId, own: OwnToken) -> Result<ListedToken, ApiError> {
        self.notify_sending();
        let query = match own {
            OwnToken::Kept => String::new(),
            OwnToken::Revoked => "?own".to_owned(),
        };
        let call = Call { method: Method::DELETE, query, ..Call::get(Route::OneToken(id.clone())).authorized() };
        self.read_body(&call).await
    }
}
