//! A merchant's line to a sandbox: the real client, with a vault and nonces of the test.

use recondesk_app::MerchantRef;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use recondesk::adapters::gateway::{HttpGateway, Timeouts};
use recondesk::app::gateway::{GatewayClient, GatewayPorts};
use recondesk::domain::{ApiVersion, Instant, MerchantProfile, ProfileId, Secret, SecretKind};
use recondesk::ports::{CancelToken, Clock, Gateway, Random, Vault, VaultError};
use recondesk::sandbox::Running;

use super::wire::noon;

/// A clock that stands still at noon, with a steady clock that runs.
pub(crate) struct NoonClock(std::time::Instant);

impl Default for NoonClock {
    fn default() -> Self {
        Self(std::time::Instant::now())
    }
}

impl Clock for NoonClock {
    fn now(&self) -> Instant {
        noon()
    }

    fn steady_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

/// Counts up.
#[derive(Default)]
pub(crate) struct Nonces(AtomicU64);

impl Random for Nonces {
    fn nonce(&self) -> String {
        format!("{:032}", self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// Secrets in memory.
#[derive(Default)]
pub(crate) struct PocketVault(Mutex<BTreeMap<SecretKind, Vec<u8>>>);

impl Vault for PocketVault {
    fn get(&self, _: ProfileId, kind: SecretKind) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        Ok(self.0.lock().unwrap().get(&kind).cloned().map(Secret::new))
    }

    fn set(
        &self,
        _: ProfileId,
        kind: SecretKind,
        value: Secret<Vec<u8>>,
    ) -> Result<(), VaultError> {
        let mut pocket = self.0.lock().unwrap();
        pocket.insert(kind, value.expose().clone());
        Ok(())
    }

    fn remove(&self, _: ProfileId, kind: SecretKind) -> Result<(), VaultError> {
        self.0.lock().unwrap().remove(&kind);
        Ok(())
    }
}

/// With what an APIv3 merchant verifies answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerifiedBy {
    /// The WeChat Pay public key.
    PublicKey,
    /// Platform certificates, fetched when they are needed.
    Certificates,
}

/// Everything a merchant needs to ask.
pub(crate) struct GatewayFixture {
    pub(crate) gateway: HttpGateway,
    pub(crate) vault: PocketVault,
    pub(crate) nonces: Nonces,
    pub(crate) clock: NoonClock,
    pub(crate) profile: MerchantProfile,
    pub(crate) cancel: CancelToken,
}

/// For whatever ends by itself: no machine is so busy that these are reached.
pub(crate) fn patient() -> Timeouts {
    Timeouts {
        connect: Duration::from_mins(10),
        idle: Duration::from_mins(10),
        total: Duration::from_mins(10),
        stream_window: Duration::from_mins(10),
        stream_total: Duration::from_mins(20),
    }
}

/// For a gateway that connects and then never ends: on a busy machine they are reached as well.
pub(crate) fn hurried() -> Timeouts {
    Timeouts {
        idle: Duration::from_millis(600),
        total: Duration::from_millis(1500),
        ..patient()
    }
}

/// The timeouts to meet a planned fault with.
pub(crate) fn timeouts_under(fault: &serde_json::Value) -> Timeouts {
    match fault["kind"].as_str() {
        Some("hole" | "drip") => hurried(),
        _ => patient(),
    }
}

impl GatewayFixture {
    /// A desk that knows the sandbox's merchant; over TLS where the sandbox has it.
    pub(crate) fn at(running: &Running) -> Self {
        Self::waiting(running, patient())
    }

    /// The same with other timeouts.
    pub(crate) fn waiting(running: &Running, timeouts: Timeouts) -> Self {
        let mut profile = MerchantProfile::new("演示", &running.merchant.mch_id);
        profile.appids.clone_from(&running.merchant.appids);
        if let Some(base) = &running.base_https {
            profile.gateway.clone_from(base);
            profile.gateway_ca = Some(running.pems.ca.clone());
        } else {
            profile.gateway.clone_from(&running.base_http);
        }
        let vault = PocketVault::default();
        for (kind, value) in [
            (SecretKind::V2Key, running.merchant.v2_key.expose()),
            (SecretKind::ClientCert, &running.pems.client_cert),
            (SecretKind::ClientKey, running.pems.client_key.expose()),
        ] {
            let value = Secret::new(value.clone().into_bytes());
            vault.set(ProfileId(1), kind, value).unwrap();
        }
        Self {
            gateway: HttpGateway::with_timeouts(Arc::new(NoonClock::default()), timeouts),
            vault,
            nonces: Nonces::default(),
            clock: NoonClock::default(),
            profile,
            cancel: CancelToken::default(),
        }
    }

    /// The same merchant as one that speaks APIv3, and verifies in that way.
    pub(crate) fn v3_at(running: &Running, verified_by: VerifiedBy) -> Self {
        let mut desk = Self::at(running);
        desk.profile.api = ApiVersion::V3;
        let mut keys = vec![(SecretKind::V3Key, running.merchant.v3_key.expose())];
        if verified_by == VerifiedBy::PublicKey {
            desk.profile
                .public_key_id
                .clone_from(&running.pems.public_key_id);
            keys.push((SecretKind::PlatformKey, &running.pems.public_key));
        }
        for (kind, value) in keys {
            let value = Secret::new(value.clone().into_bytes());
            desk.vault.set(ProfileId(1), kind, value).unwrap();
        }
        desk
    }

    pub(crate) fn line(&self) -> GatewayClient<'_> {
        self.line_over(&self.gateway)
    }

    /// The same over another gateway.
    pub(crate) fn line_over<'a>(&'a self, gateway: &'a dyn Gateway) -> GatewayClient<'a> {
        let ports = GatewayPorts {
            gateway,
            vault: &self.vault,
            random: &self.nonces,
            clock: &self.clock,
        };
        GatewayClient::new(
            ports,
            MerchantRef::new(ProfileId(1), &self.profile),
            &self.cancel,
        )
    }
}
