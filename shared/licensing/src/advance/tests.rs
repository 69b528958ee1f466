use super::*;
use crate::fixture::*;
use crate::grant::CareLevel;

fn since(account: Account, day_text: &str) -> Account {
    Account { advanced: Advanced::since(day(day_text)), ..account }
}

fn stages(advancing: &Advancing) -> Vec<(String, Stage)> {
    advancing.near.iter().map(|near| (near.ending.last_day.to_string(), near.stage)).collect()
}

/// Takes an account through the days, with `outage` days between two looks.
fn told(mut account: Account, first: &str, last: &str, outage: i64) -> Vec<(String, Stage)> {
    let (mut today, mut told) = (day(first), Vec::new());
    while today <= day(last) {
        while let Some(advancing) = advance(&account, today) {
            assert_eq!(advancing.account.version, account.version + 1);
            told.extend(advancing.near.iter().map(|near| (today.to_string(), near.stage)));
            account = advancing.account;
        }
        today = today.checked_add(outage.days()).unwrap();
    }
    told
}

#[test]
fn people_are_reminded_on_the_right_days_and_once() {
    let account = since(account(&[of_2020(&subscription("IP Fax server"), 10)]), "2020-01-01");
    let expected = [
        ("2020-10-02", Stage::Ninety),
        ("2020-12-01", Stage::Thirty),
        ("2020-12-24", Stage::Seven),
        ("2021-01-01", Stage::GraceBegun),
    ];
    let expected = expected.map(|(day, stage)| (day.to_owned(), stage));
    assert_eq!(told(account.clone(), "2020-01-02", "2021-06-01", 1), expected);
    let stages = |outage| told(account.clone(), "2020-01-02", "2021-06-01", outage).into_iter().map(|(_, stage)| stage);
    assert!(stages(5).eq(expected.iter().map(|(_, stage)| *stage)));
    // The last look is after the grace.
    assert!(stages(40).eq([Stage::Ninety, Stage::Seven]));
}

#[test]
fn the_due_day_is_the_next_one_on_which_there_is_something_to_do() {
    let mut account = since(account(&[of_2020(&subscription("IP Fax server"), 10)]), "2020-01-01");
    assert_eq!(next_due(&account), Some(day("2020-10-02")));
    assert_eq!(advance(&account, day("2020-10-01")), None);
    let advancing = advance(&account, day("2020-10-05")).unwrap();
    assert_eq!(stages(&advancing), [("2020-12-31".to_owned(), Stage::Ninety)]);
    account = advancing.account;
    assert_eq!((account.advanced.through, next_due(&account)), (Some(day("2020-10-05")), Some(day("2020-12-01"))));
}

#[test]
fn what_was_renewed_is_not_spoken_of() {
    let account = since(account(&[of_2020(&subscription("IP Fax server"), 10)]), "2020-11-30");
    let mut renewed = account.clone();
    renewed.pools[0].grants[0].terms.push(term(10, "2021-01-01", "2021-12-31"));
    assert_eq!(next_due(&account), Some(day("2020-12-01")));
    assert_eq!(next_due(&renewed), Some(day("2021-10-02")));
}

#[test]
fn what_ended_without_grace_and_what_had_not_begun_is_not_spoken_of() {
    let care_of_2020 = vec![care(CareLevel::Gold, "2020-01-01", "2020-12-31")];
    let account = since(account(&[unlimited(&perpetual("IP Fax server"), 5, care_of_2020)]), "2020-11-30");
    let late = advance(&account, day("2021-02-01")).unwrap();
    assert_eq!((late.near.len(), next_due(&late.account)), (0, None));
    let month = since(
        crate::fixture::account(&[grant(&subscription("IP Fax server"), vec![term(1, "2020-12-01", "2020-12-31")])]),
        "2020-12-01",
    );
    assert_eq!(next_due(&month), Some(day("2020-12-24")));
}

#[test]
fn a_pool_that_holds_less_than_is_assigned_is_noticed_by_date_and_again_when_it_is_over() {
    let fax = subscription("IP Fax server");
    let account = since(assigned(&account(&[of_2020(&fax, 10)]), &fax, &[(1, 4)], "2020-02-01"), "2020-12-31");
    let ended = advance(&account, day("2021-01-01")).unwrap();
    assert_eq!((ended.short, ended.covered), (vec![fax.clone()], vec![]));
    let again = advance(&ended.account, day("2022-01-01"));
    assert_eq!(again, None, "it was said");
    let mut renewed = ended.account.clone();
    renewed.pools[0].grants[0].terms.push(term(10, "2021-01-10", "2021-12-31"));
    let covered = advance(&renewed, day("2021-01-10")).unwrap();
    assert_eq!((covered.short, covered.covered), (vec![], vec![fax]));
}
