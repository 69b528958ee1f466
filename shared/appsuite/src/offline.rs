//! Life without network, as pure steps: an installation asks by a string, installs the string that answers it, and
//! returns what it has by a third one.

use jiff::Timestamp;
use lease::offline::{self, OfflineResponse, RequestNonce, ResponseFault};
use lease::{DocumentFault, KeySet, KeySetFault, PublicKey, Roots};
use serde::{Deserialize, Serialize};

use crate::state::{Held, State};

/// What makes a request or a return the same one when it is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// Its number, in bytes.
    pub nonce: [u8; 16],
    /// The serial of the lease held when it was made; 0 is none.
    pub serial: u64,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Why a response was not installed. What runs, runs on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstallFault {
    /// A typing error, or another string.
    #[error(transparent)]
    Response(#[from] ResponseFault),
    /// Its key set is not signed by a pinned root.
    #[error(transparent)]
    KeySet(#[from] KeySetFault),
    /// It is not signed by a key of its key set.
    #[error(transparent)]
    Document(#[from] DocumentFault),
    /// For another server.
    #[error("the response is for server {0}: install it there")]
    OtherServer(String),
    /// For another installation of this server.
    #[error("the response is for another installation of this server: its request was not made here")]
    OtherInstallation,
    /// It is installed.
    #[error("the response is installed already")]
    Installed,
    /// One that came later is installed, or was returned.
    #[error("the response is older than the last one: take the one that the License Portal shows now")]
    Older,
    /// The answer to a request that is not the open one.
    #[error("the response answers another request than the one that is open: upload that one in the License Portal")]
    OtherRequest,
}

/// There is neither a response installed nor a request open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is nothing to return: no response is installed here")]
pub struct NothingToReturn;

/// The open request, or a new one that names the lease held.
pub fn ask(state: &mut State, fresh: RequestNonce, now: Timestamp) -> Made {
    let serial = state.serial_held();
    state.returned = None;
    *state.request.get_or_insert(Made { nonce: fresh.0, serial, made_at: now })
}

/// Installs a response: it must be signed, for this server and this installation, newer than everything that was here
/// before, and the answer to the open request. The serial is returned.
pub fn install(
    roots: &Roots,
    server: &str,
    key: PublicKey,
    state: &mut State,
    text: &str,
) -> Result<u64, InstallFault> {
    let response = OfflineResponse::parse(text)?;
    let set = KeySet::verify(roots, &response.key_set)?;
    let document = offline::open(&set, &response.document)?;
    if document.binding.server != server {
        return Err(InstallFault::OtherServer(document.binding.server));
    }
    if document.public_key != key {
        return Err(InstallFault::OtherInstallation);
    }
    let serial = document.serial;
    if state.offline.as_ref().is_some_and(|held| held.document.serial == serial) {
        return Err(InstallFault::Installed);
    }
    if serial <= state.serial_held() {
        return Err(InstallFault::Older);
    }
    let is_asked = |made: &Made| RequestNonce(made.nonce).to_string() == document.binding.attempt;
    if !state.request.as_ref().is_some_and(is_asked) {
        return Err(InstallFault::OtherRequest);
    }
    if state.key_set.as_ref().is_none_or(|(held, _)| held.serial < set.serial) {
        state.key_set = Some((set, response.key_set.clone()));
    }
    // An earlier lease by contact is over: this one stands in its place.
    (state.lease, state.later_end, state.disabled, state.refusal) = (None, None, None, None);
    state.request = None;
    state.offline = Some(Held { document, text: response.document, key_set: response.key_set });
    Ok(serial)
}

/// Gives up what is installed and the answer to the open request, for ever. A return that was made is shown again.
pub fn give_back(state: &mut State, fresh: RequestNonce, now: Timestamp) -> Result<Made, NothingToReturn> {
    if let Some(made) = state.returned {
        return Ok(made);
    }
    if state.offline.is_none() && state.request.is_none() {
        return Err(NothingToReturn);
    }
    let serial = state.serial_held();
    let nonce = state.request.take().map_or(fresh.0, |open| open.nonce);
    let made = Made { nonce, serial, made_at: now };
    state.offline = None;
    state.serial_floor = serial;
    state.returned = Some(made);
    Ok(made)
}
