//! The object that keeps the tokens: it loads the keyring, lets wire decide, saves the result, and answers.

use downbeat_core::ServerTime;
use downbeat_wire::keyring::{Keyring, NewToken, Outcome, OwnToken, Redemption, Rotation, TokenList, TokenRecord};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::token::{Grant, TokenId};
use downbeat_wire::{Route, json};
use std::cell::RefCell;
use worker::{DurableObject, Env, Request, Response, Result, SqlStorage, SqlStorageValue, State, durable_object};

use crate::clock;
use crate::reply::{Readers, Reply, unavailable};
use crate::request::{Target, body};
use crate::secret::is_same;
use crate::tokens::{KEYRING_PATH, MAKER_HEADER, OWN, USED_PATH};

/// The tokens that the worker keeps itself.
#[durable_object(fetch)]
pub struct TokensDo {
    sql: SqlStorage,
    /// The saved keyring. Changed only after the change is saved.
    keyring: RefCell<Option<Keyring>>,
}

impl DurableObject for TokensDo {
    fn new(state: State, _env: Env) -> Self {
        Self { sql: state.storage().sql(), keyring: RefCell::default() }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let reply = self.answer(request.inner().clone()?).await.unwrap_or_else(Reply::from);
        Ok(reply.into_response(Readers::Operators, false).into())
    }
}

impl TokensDo {
    async fn answer(&self, request: web_sys::Request) -> core::result::Result<Reply, Problem> {
        let url = request.url();
        let target = Target::of(&url);
        let method = request.method();
        match (method.as_str(), target.path) {
            ("GET", KEYRING_PATH) => return Ok(Reply::json(200, json::text(&self.keyring()?))),
            ("POST", path) if path.starts_with(USED_PATH) => return self.note_use(&path[USED_PATH.len()..]),
            _ => {}
        }
        let header = request.headers().get(MAKER_HEADER).ok().flatten();
        let maker = || -> core::result::Result<Grant, Problem> {
            let maker = header.as_deref().and_then(|header| json::read(header.as_bytes()).ok());
            maker.ok_or_else(|| Problem::new(Code::Internal, "the worker did not say who asks"))
        };
        let now = clock::now;
        match (method.as_str(), Route::parse(target.path)) {
            ("GET", Some(Route::Tokens)) => {
                let list = TokenList { tokens: self.keyring()?.listed(&maker()?, now()) };
                Ok(Reply::json(200, json::text(&list)))
            }
            ("POST", Some(Route::Tokens)) => {
                let wanted = NewToken::parse(&body(request).await?)?;
                let maker = maker()?;
                self.change(201, |keyring, now| keyring.add(wanted, &maker, now))
            }
            ("POST", Some(Route::OneToken(id))) => {
                let rotation = Rotation::parse(&body(request).await?)?;
                let maker = maker()?;
                self.change(200, |keyring, now| keyring.rotate(&id, &rotation, &maker, now))
            }
            ("DELETE", Some(Route::OneToken(id))) => {
                let own = if target.has(OWN) { OwnToken::Revoked } else { OwnToken::Kept };
                let maker = maker()?;
                self.change(200, |keyring, now| keyring.revoke(&id, &maker, own, now))
            }
            ("POST", Some(Route::Token)) => self.redeem(&Redemption::parse(&body(request).await?)?),
            _ => Err(Problem::new(Code::UnknownPath, "the keyring has nothing at this path")),
        }
    }

    /// Applies a change, and returns the token as it is now.
    fn change(
        &self,
        status: u16,
        apply: impl FnOnce(&mut Keyring, ServerTime) -> core::result::Result<Outcome, Problem>,
    ) -> core::result::Result<Reply, Problem> {
        let (mut keyring, now) = (self.keyring()?, clock::now());
        let outcome = apply(&mut keyring, now)?;
        self.keep(&outcome, keyring)?;
        Ok(Reply::json(status, json::text(&outcome.token().listed(now))))
    }

    fn redeem(&self, redemption: &Redemption) -> core::result::Result<Reply, Problem> {
        let mut keyring = self.keyring()?;
        let sha256 = redemption.code.sha256();
        let (grant, outcome) = keyring.redeem(redemption, |known| is_same(known, &sha256), clock::now())?;
        self.keep(&outcome, keyring)?;
        Ok(Reply::json(200, json::text(&grant)))
    }

    fn note_use(&self, id: &str) -> core::result::Result<Reply, Problem> {
        let mut keyring = self.keyring()?;
        let token = id.parse::<TokenId>().ok().and_then(|id| keyring.handle_use(&id, clock::now()).cloned());
        if let Some(token) = token {
            self.keep(&Outcome::Changed(Box::new(token)), keyring)?;
        }
        Ok(Reply::empty(204))
    }

    /// Returns the keyring, from memory after the first time.
    fn keyring(&self) -> core::result::Result<Keyring, Problem> {
        if self.keyring.borrow().is_none() {
            let keyring = self.load().map_err(|error| unavailable("the store of the tokens", &error))?;
            *self.keyring.borrow_mut() = Some(keyring);
        }
        Ok(self.keyring.borrow().clone().unwrap_or_default())
    }

    /// Saves what a change left behind, then makes it the current keyring.
    fn keep(&self, outcome: &Outcome, keyring: Keyring) -> core::result::Result<(), Problem> {
        if let Outcome::Changed(token) = outcome {
            self.save(token, &keyring).map_err(|error| unavailable("the store of the tokens", &error))?;
            *self.keyring.borrow_mut() = Some(keyring);
        }
        Ok(())
    }

    fn load(&self) -> Result<Keyring> {
        let tables = self.sql.exec("SELECT name FROM sqlite_master WHERE name = 'tokens'", None)?;
        if tables.raw().next().is_none() {
            return Ok(Keyring::default());
        }
        let mut tokens = Vec::new();
        for row in self.sql.exec("SELECT record FROM tokens ORDER BY rowid", None)?.raw() {
            if let [SqlStorageValue::String(record)] = row?.as_slice() {
                match json::read::<TokenRecord>(record.as_bytes()) {
                    Ok(token) => tokens.push(token),
                    // It is then unknown, and so refused.
                    Err(error) => worker::console_error!("a saved token cannot be read: {error}"),
                }
            }
        }
        Ok(tokens.into_iter().collect())
    }

    /// Saves `token`, and deletes those that the keyring no longer has.
    fn save(&self, token: &TokenRecord, keyring: &Keyring) -> Result<()> {
        self.sql.exec("CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, record TEXT NOT NULL)", None)?;
        self.sql.exec(
            "INSERT INTO tokens (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record",
            vec![token.id().as_str().into(), json::text(token).into()],
        )?;
        let mut gone = Vec::new();
        for row in self.sql.exec("SELECT id FROM tokens", None)?.raw() {
            if let [SqlStorageValue::String(id)] = row?.as_slice()
                && !keyring.tokens().iter().any(|token| token.id().as_str() == id)
            {
                gone.push(id.clone());
            }
        }
        for id in gone {
            self.sql.exec("DELETE FROM tokens WHERE id = ?", vec![id.into()])?;
        }
        Ok(())
    }
}
