use super::*;

#[test]
fn the_table_stands_in_the_order_of_the_enum() {
    for (index, (kind, name, _)) in Kind::TABLE.iter().enumerate() {
        assert_eq!(*kind as usize, index);
        assert_eq!(Kind::parse(name), Some(*kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), *name);
    }
}

#[test]
fn kinds_and_severities_are_read_by_their_names() {
    assert_eq!((Kind::EmailConfirmed.as_str(), Kind::EmailConfirmed.severity()), ("email.confirmed", Severity::Info));
    assert_eq!((Kind::EmailChanged.as_str(), Kind::EmailChanged.severity()), ("email.changed", Severity::Warning));
    assert_eq!(Kind::parse("email"), None);
    assert_eq!(Severity::ALL.map(Severity::as_str), ["info", "notice", "warning", "critical"]);
    for severity in Severity::ALL {
        assert_eq!(Severity::parse(severity.as_str()), Some(severity));
    }
    assert_eq!(Severity::parse("fatal"), None);
}

#[test]
fn an_event_says_what_was_told_and_nothing_else() {
    let [user, company, session] = [1, 2, 3].map(Uuid::from_u128);
    let plain = Event::new(Kind::EmailChanged, &Origin::of_command("a command"));
    assert_eq!((plain.kind, plain.severity, &plain.actor), (Kind::EmailChanged, Severity::Warning, &Actor::System));
    assert_eq!((&plain.subject, plain.session), (&None, None));
    let told = plain.clone().by(user.into()).about(Subject::company(company.into())).in_session(session.into());
    let told = told.with(serde_json::json!({ "a": 1 }));
    let expected = Event {
        actor: Actor::User { id: user.into() },
        subject: Some(Subject { kind: "company".into(), id: company }),
        session: Some(session.into()),
        data: serde_json::json!({ "a": 1 }),
        ..plain.clone()
    };
    assert_eq!(told, expected);
    assert_eq!(told.by_anonymous(), Event { actor: Actor::Anonymous, ..expected });
    let named = [Subject::user(user.into()), Subject::session(session.into()), Subject::of("invitation", company)];
    assert_eq!(
        named.map(|subject| (subject.kind, subject.id)),
        [(String::from("user"), user), (String::from("session"), session), (String::from("invitation"), company),]
    );
}

#[test]
fn the_stream_is_for_those_who_run_the_company() {
    assert_eq!([Role::User, Role::Manager, Role::Admin].map(Event::stream_is_open_to), [false, true, true]);
}
