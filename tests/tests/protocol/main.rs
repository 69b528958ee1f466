//! The check-in protocol with both of its ends: the service's rules and the client's, real signatures between them, no
//! network, no table, no disk. Random histories of everything that goes wrong between the two.

mod history;
mod installation;
mod service;
mod step;
