//! Services that come with care.

use crate::account::ActivationMode;
use crate::grant::CareLevel;

/// What a customer may use beside the licence itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Support on request.
    Support,
    /// Support with a shorter time to answer, outside office hours too.
    EnhancedSupport,
    /// Services of the cloud that the AppSuite connects to.
    CloudServices,
    /// The vendor watches the installation and calls first.
    ProactiveSupport,
}

impl Service {
    /// The name on the wire. A client shows the names that it doesn't know as they are.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::EnhancedSupport => "enhanced-support",
            Self::CloudServices => "cloud-services",
            Self::ProactiveSupport => "proactive-support",
        }
    }
}

/// The services of a pool: those of the lowest care level in force in it, as far as the way in which the server stays
/// current allows them. Offline there is nothing to watch and nothing to connect to, so support on request is all; and
/// without care in force there is none.
pub const fn services(care: Option<CareLevel>, mode: ActivationMode) -> &'static [Service] {
    use Service::{CloudServices, EnhancedSupport, ProactiveSupport, Support};
    match (care, mode) {
        (None, _) => &[],
        (Some(CareLevel::Basic), _) | (Some(_), ActivationMode::Offline) => &[Support],
        (Some(CareLevel::Gold), ActivationMode::Online) => &[Support, EnhancedSupport, CloudServices],
        (Some(CareLevel::Platinum), ActivationMode::Online) => {
            &[Support, EnhancedSupport, CloudServices, ProactiveSupport]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [CareLevel; 3] = [CareLevel::Basic, CareLevel::Gold, CareLevel::Platinum];

    #[test]
    fn a_higher_level_takes_nothing_away() {
        for pair in LEVELS.windows(2) {
            let (lower, higher) =
                (services(Some(pair[0]), ActivationMode::Online), services(Some(pair[1]), ActivationMode::Online));
            assert!(lower.iter().all(|service| higher.contains(service)), "{pair:?}");
            assert!(higher.len() > lower.len(), "{pair:?}");
        }
    }

    #[test]
    fn offline_there_is_support_on_request_and_without_care_nothing() {
        for level in LEVELS {
            assert_eq!(services(Some(level), ActivationMode::Offline), [Service::Support]);
        }
        for mode in [ActivationMode::Online, ActivationMode::Offline] {
            assert_eq!(services(None, mode), []);
        }
    }
}
