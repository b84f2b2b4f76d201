//! What a company can be asked to do: one command a file. A flow counts before it compares, decides by claims in one
//! transaction with its session, event and mail, and answers only after the commit.

mod accept_invitation;
mod answer_factor;
mod backup_codes;
mod begin_login;
mod confirm_enrollment;
mod counters;
mod credentials;
mod devices;
mod disable_mfa;
mod enrollment;
mod force_logout;
mod invite;
mod letters;
mod logout;
mod opening;
mod password_rule;
mod profile;
mod proof;
mod reauthenticate;
mod refresh;
mod register;
mod revoke;
mod revoke_session;
mod second_factor;
mod spraying;
mod ticket;
mod update_company;
mod views;

pub use accept_invitation::AcceptInvitation;
pub use answer_factor::AnswerFactor;
pub use backup_codes::{RegenerateBackupCodes, ViewBackupCodes};
pub use begin_login::BeginLogin;
pub use confirm_enrollment::{ConfirmEnrollment, Enrolled, GoesOn};
pub use disable_mfa::DisableMfa;
pub use enrollment::BeginEnrollment;
pub use force_logout::{ForceLogout, Receipt};
pub use invite::{Invite, ResendInvitation, WithdrawInvitation};
pub use letters::open_letter;
pub use logout::{Logout, LogoutScope};
pub use opening::{LoginStep, Waiting};
pub use profile::UpdateProfile;
pub use reauthenticate::Reauthenticate;
pub use refresh::Refresh;
pub use register::{Register, Registered};
pub use revoke_session::RevokeSession;
pub use second_factor::Answer;
pub use ticket::{IssueTicket, RedeemTicket};
pub use update_company::UpdateCompany;
pub use views::{
    AccessView, BackupCodeView, BackupCodesView, Client, CompanyView, EnrollmentView, InvitationView, SignedIn,
    TicketView, UserView,
};
