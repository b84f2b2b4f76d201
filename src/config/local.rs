//! What `voxgate dev` and the tests set by themselves: their own database, their own mailbox, their own address.

use std::net::SocketAddr;

use super::Settings;

impl Settings {
    /// Takes the addresses of the serving roles from `url` (role → address), as the private cluster gives them.
    pub fn use_private_database(&mut self, url: impl Fn(&str) -> String) {
        self.database.app_url = Some(url("voxgate_app").into());
        self.database.sequencer_url = Some(url("voxgate_sequencer").into());
    }

    /// Listens on a loopback address and is reached under it; browsers may say `localhost` for it. A base URL that somebody
    /// set stays.
    pub fn listen_on(&mut self, listen: SocketAddr) {
        let unset = self.server.base_url == format!("http://{}", self.server.listen);
        self.server.listen = listen;
        if unset {
            self.server.base_url = format!("http://{listen}");
        }
        for origin in [format!("http://{listen}"), format!("http://localhost:{}", listen.port())] {
            if !self.server.allowed_origins.contains(&origin) {
                self.server.allowed_origins.push(origin);
            }
        }
    }

    /// Sends mail to a mailbox on this machine.
    pub fn send_mail_to(&mut self, mailbox: SocketAddr) {
        self.mail.smtp_url = Some(format!("smtp://{mailbox}").into());
    }
}
