//! A device that asks the server over a network, in true time.

use downbeat_core::clock::{Exchange, Offset};
use downbeat_core::{LocalTime, Seed, ServerTime, Span};

use crate::network::{Kind, Network};
use crate::{Device, Dice};

/// When worlds begin: 2024-01-01T00:00:00Z.
pub const BEGIN: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// A device, a network, a server, and the true time, which is the server's.
#[derive(Clone, Debug)]
pub struct World {
    now: ServerTime,
    device: Device,
    network: Network,
    /// What the server's stamps are rounded down to.
    quantum: Span,
}

impl World {
    /// Creates the world of a seed: an ordinary device behind a network of that kind, and a server whose timestamps are
    /// whole milliseconds.
    pub fn new(kind: Kind, seed: Seed) -> Self {
        let mut seed = seed;
        let mut dice = Dice::new(Seed::new(seed.next_u64()));
        let device = Device::ordinary(BEGIN, &mut dice);
        Self { now: BEGIN, device, network: Network::new(kind, BEGIN, dice), quantum: Span::from_millis(1) }
    }

    /// Replaces the device.
    #[must_use]
    pub fn with_device(self, device: impl FnOnce(Device) -> Device) -> Self {
        Self { device: device(self.device), ..self }
    }

    /// Makes the server's timestamps exact to the microsecond.
    #[must_use]
    pub fn with_exact_stamps(self) -> Self {
        Self { quantum: Span::from_micros(1), ..self }
    }

    /// Returns the true time.
    pub const fn now(&self) -> ServerTime {
        self.now
    }

    /// Returns the device.
    pub const fn device(&self) -> &Device {
        &self.device
    }

    /// Returns what the device's monotonic clock shows now.
    pub fn local(&self) -> LocalTime {
        self.device.local(self.now)
    }

    /// Returns the true offset now.
    pub fn offset(&self) -> Offset {
        Offset::between(self.now, self.local())
    }

    /// Lets time pass until the device's clock shows `local`, if it does not yet.
    pub fn pass_until(&mut self, local: LocalTime) {
        self.now = self.now.max(self.device.when(local));
    }

    /// Asks the server for the time, and lets time pass until the answer arrives.
    pub fn exchange(&mut self) -> Exchange {
        let t1 = self.local();
        self.now += self.network.there(self.now);
        let t2 = self.stamp();
        // What a warm worker takes for it.
        self.now += Span::from_micros(150);
        let t3 = self.stamp();
        self.now += self.network.back(self.now);
        Exchange::new(t1, t2, t3, self.local()).expect("neither clock runs back in this world")
    }

    fn stamp(&self) -> ServerTime {
        self.now - Span::from_micros(self.now.as_micros() % self.quantum.as_micros())
    }
}
