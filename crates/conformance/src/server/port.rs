use std::net::{Ipv4Addr, TcpListener};

/// A loopback port that was free just now. Another process may take it first: whoever binds it must be ready to
/// ask again.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
    listener.local_addr().expect("the address of a bound socket").port()
}
