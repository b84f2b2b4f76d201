//! What a company can be asked to do: one command a file. A flow counts before it compares, decides by claims in one
//! transaction with its session, event and mail, and answers only after the commit.

mod accept_invitation;
mod account_letters;
mod answer_factor;
mod backup_codes;
mod begin_login;
mod case;
mod change_email;
mod change_password;
mod change_user;
mod confirm_enrollment;
mod counters;
mod credentials;
mod disable_mfa;
mod email_check;
mod enrollment;
mod force_logout;
mod force_logout_company;
mod forgot_password;
mod invite;
mod letters;
mod logout;
mod new_password;
mod opening;
mod operator;
mod password_rule;
mod profile;
mod proof;
mod reauthenticate;
mod refresh;
mod register;
mod reseal;
mod reset_mfa;
mod reset_password;
mod revoke;
mod revoke_session;
mod second_factor;
mod switch_user;
mod ticket;
mod views;

pub use accept_invitation::AcceptInvitation;
pub use answer_factor::AnswerFactor;
pub use backup_codes::{RegenerateBackupCodes, ViewBackupCodes};
pub use begin_login::{BeginLogin, LoginStep};
pub use change_email::ChangeEmail;
pub use change_password::ChangePassword;
pub use change_user::ChangeUser;
pub use confirm_enrollment::{ConfirmEnrollment, Enrolled};
pub use disable_mfa::DisableMfa;
pub use email_check::{ResendEmailCheck, VerifyEmail};
pub use enrollment::BeginEnrollment;
pub use force_logout::{ForceLogout, Receipt};
pub use force_logout_company::{CompanyReceipt, ForceLogoutCompany};
pub use forgot_password::ForgotPassword;
pub use invite::{Invite, ResendInvitation, WithdrawInvitation};
pub use letters::open_letter;
pub use logout::{Logout, LogoutScope};
pub use operator::OperatorLogout;
pub use profile::UpdateProfile;
pub use reauthenticate::Reauthenticate;
pub use refresh::Refresh;
pub use register::{Register, Registered};
pub use reseal::{Resealed, reseal, stale_values};
pub use reset_mfa::ResetMfa;
pub use reset_password::ResetPassword;
pub use revoke_session::RevokeSession;
pub use second_factor::Answer;
pub use switch_user::SwitchUser;
pub use ticket::{IssueTicket, RedeemTicket};
pub use views::{
    AccessView, BackupCodeView, BackupCodesView, Client, CompanyView, EnrollmentView, InvitationView, SignedIn,
    TicketView, UserView,
};
