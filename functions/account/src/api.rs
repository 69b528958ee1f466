//! This function's part of the OpenAPI document.

use http_api::openapi::{Api, Operation};
use utoipa::openapi::OpenApi;

use crate::ROUTES;
use crate::document::{
    AccountListView, AccountView, Appointing, AuditPage, CancelRequest, EndingListView, Erasing, ErasureView,
    GraceOrder, GraceView, Invitation, MeView, MemberReceipt, MembersView, OrderListView, OrderStateView,
    ParkedEventListView, ParkedMailListView, PersonFileView, PersonQuestion, ProductListView, ReminderChange,
    ReminderView, ResellerMove, ResellerView, Resending, RoleChange, ServerDetailView, StaffOrderView,
};

/// Codes of a body that is not what it should be.
const BODY: &[&str] = &["malformed_body", "unsupported_media_type"];
const CURSOR: &str = "Where the page begins: the `nextCursor` of the page before.";

/// This function's part of the OpenAPI document.
pub fn openapi() -> OpenApi {
    let api = Api::new(ROUTES)
        .operation(
            Operation::new("getMe", "Who has signed in")
                .says("Somebody who is member of nothing gets an empty list of memberships.")
                .reply::<MeView>(200),
        )
        .operation(
            Operation::new("changeReminder", "Take up a kind of reminder, or do without it")
                .says("Whoever has signed in says it for themselves, as the link in such a mail does.")
                .idempotent()
                .body::<ReminderChange>()
                .reply::<ReminderView>(200)
                .problems(BODY)
                .problems(&["not_found"]),
        );
    let api = accounts(api);
    let api = members(api);
    let api = resellers(api);
    let api = staff(api);
    let api = people(events(api));
    for_accounts(api).build()
}

fn accounts(api: Api) -> Api {
    api.operation(
        Operation::new("listAccounts", "The accounts that the caller may see")
            .query("query", "A part of the customer's name or number.")
            .query("cursor", CURSOR)
            .reply::<AccountListView>(200)
            .problems(&["invalid_parameter"]),
    )
    .operation(
        Operation::new("getAccount", "Licences and servers of an account")
            .says("The `ETag` is the version that a save names.")
            .query("include", "`grants`: also the single licences behind each row.")
            .reply::<AccountView>(200)
            .problems(&["invalid_parameter", "not_found"]),
    )
    .operation(
        Operation::new("getServer", "What only its check-ins know of a server")
            .reply::<ServerDetailView>(200)
            .problems(&["not_found"]),
    )
    .operation(
        Operation::new("listEndings", "What ends in an account, and which server loses what by it")
            .says("The calendar ahead if nothing is renewed, in order of time.")
            .reply::<EndingListView>(200)
            .problems(&["not_found"]),
    )
    .operation(
        Operation::new("listAccountOrders", "The orders of an account's customer")
            .says("A locked order is shown to vendor staff and to the reseller that it came through.")
            .query("cursor", CURSOR)
            .reply::<OrderListView>(200)
            .problems(&["invalid_parameter", "not_found"]),
    )
    .operation(
        Operation::new("listAudit", "Who changed what in an account")
            .says(
                "Pages of JSON, or with `Accept: text/csv` the whole trail as a table. A table that would be too long \
                 names the next one in `Link`.",
            )
            .query("cursor", CURSOR)
            .reply::<AuditPage>(200)
            .csv()
            .problems(&["invalid_parameter", "not_found"]),
    )
}

fn members(api: Api) -> Api {
    let write = |id, summary| Operation::new(id, summary).idempotent().problems(&["not_found", "manager_required"]);
    api.operation(
        Operation::new("listMembers", "Members of an account, and who asks to become one")
            .reply::<MembersView>(200)
            .problems(&["not_found"]),
    )
    .operation(
        write("inviteMember", "Invite a member")
            .says(
                "They are a member at once and are told by mail. Where an account has no member, managers of a \
                 reseller with access and of the vendor may invite the first one.",
            )
            .body::<Invitation>()
            .reply::<MemberReceipt>(201)
            .problems(BODY)
            .problems(&["invalid_body", "already_member", "too_many_members"]),
    )
    .operation(
        write("changeMember", "Give a member another role")
            .body::<RoleChange>()
            .reply::<MemberReceipt>(200)
            .problems(BODY)
            .problems(&["member_not_found", "last_manager"]),
    )
    .operation(
        write("removeMember", "Take a member out")
            .says("Everybody may leave by themselves; only the last manager stays.")
            .no_content()
            .problems(&["member_not_found", "last_manager"]),
    )
    .operation(
        write("acceptRequest", "Make a member of somebody who asked")
            .reply::<MemberReceipt>(200)
            .problems(&["request_not_found", "too_many_members"]),
    )
    .operation(write("declineRequest", "Say no to somebody who asked").no_content().problems(&["request_not_found"]))
}

fn resellers(api: Api) -> Api {
    let write = |id, summary| {
        let codes = &["not_found", "manager_required", "reseller_not_found"];
        Operation::new(id, summary).idempotent().problems(codes)
    };
    api.operation(
        write("acceptReseller", "Give a reseller the access that its order has asked for")
            .reply::<ResellerView>(200)
            .problems(&["reseller_has_access", "too_many_resellers"]),
    )
    .operation(
        write("removeReseller", "Take a reseller's access, or decline it")
            .says("Its next order asks anew.")
            .no_content(),
    )
}

fn staff(api: Api) -> Api {
    let read = |id, summary| Operation::new(id, summary).problems(&["staff_required"]);
    let write = |id, summary| {
        Operation::new(id, summary).idempotent().problems(&["staff_required", "manager_required", "not_found"])
    };
    api.operation(read("listProducts", "The catalogue").reply::<ProductListView>(200))
        .operation(
            read("findOrder", "The order with the ERP's number, or the one that a licence came with")
                .says("Exactly one of the two is needed.")
                .query("number", "The ERP's number.")
                .query("licenseCode", "The code of one of its licences.")
                .reply::<StaffOrderView>(200)
                .problems(&["invalid_parameter", "not_found"]),
        )
        .operation(read("getOrder", "An order").reply::<StaffOrderView>(200).problems(&["not_found"]))
        .operation(
            write("lockOrder", "Lock an order again")
                .says("Possible while every row still covers what is assigned without the order.")
                .reply::<OrderStateView>(200)
                .problems(&["order_locked", "order_cancelled", "not_a_purchase", "lock_would_uncover"]),
        )
        .operation(
            write("cancelOrder", "Cancel an order, or some of its licences")
                .says(
                    "What is locked is closed. What is unlocked ends now and is served through its term grace; cells \
                     stay as they are. The members are told, with the reason.",
                )
                .body::<CancelRequest>()
                .reply::<OrderStateView>(200)
                .problems(BODY)
                .problems(&["invalid_body", "order_cancelled", "not_a_purchase", "account_too_large"]),
        )
        .operation(
            write("resendOrder", "Send an order's link again")
                .says("To a corrected recipient where the body names one. Links sent before don't open it any more.")
                .body::<Resending>()
                .reply::<OrderStateView>(200)
                .problems(BODY)
                .problems(&["invalid_body", "order_cancelled", "not_a_purchase"]),
        )
        .operation(
            read("listParkedMails", "Mails that were given up or came back and wait for staff")
                .reply::<ParkedMailListView>(200),
        )
        .operation(
            write("retryMail", "Try a mail again that was given up")
                .says("It is sent with the next sweep of the outbox, some minutes from now at most.")
                .no_content()
                .problems(&["mail_not_parked"]),
        )
        .operation(
            write("dismissMail", "Send a mail no more that was given up or came back")
                .no_content()
                .problems(&["mail_not_parked"]),
        )
}

fn events(api: Api) -> Api {
    let write = |id, summary| {
        let codes = &["staff_required", "manager_required", "not_found", "event_not_parked"];
        Operation::new(id, summary).idempotent().no_content().problems(codes)
    };
    api.operation(
        Operation::new("listParkedEvents", "Events that the vendor's receiver did not take")
            .reply::<ParkedEventListView>(200)
            .problems(&["staff_required"]),
    )
    .operation(
        write("replayEvent", "Send an event again that was given up")
            .says("Under the same id and with the same content, with the next sweep, some minutes from now at most."),
    )
    .operation(write("dismissEvent", "Send an event no more that was given up"))
}

fn people(api: Api) -> Api {
    api.operation(
        Operation::new("findPerson", "What is stored of a person")
            .says("Changes nothing. Orders and audit trails refer to the person by the id alone.")
            .body::<PersonQuestion>()
            .reply::<PersonFileView>(200)
            .problems(BODY)
            .problems(&["staff_required", "invalid_body", "not_found"]),
    )
    .operation(
        Operation::new("erasePerson", "Erase a person")
            .says(
                "Name, address, language, sign-in, memberships, requests and wishes of theirs are deleted, and mails that \
                 wait for them are dismissed. Orders stay; send one again to another recipient. What is left without a \
                 manager is named in the answer. After a fault send it again: it goes on where it was.",
            )
            .idempotent()
            .body::<Erasing>()
            .reply::<ErasureView>(200)
            .problems(BODY)
            .problems(&["staff_required", "manager_required", "invalid_body", "not_found"])
            .problems(&["own_erasure", "named_by_deployment"]),
    )
}

fn for_accounts(api: Api) -> Api {
    let write = |id, summary| {
        let codes = &["staff_required", "manager_required", "invalid_body"];
        Operation::new(id, summary).idempotent().problems(codes).problems(BODY)
    };
    api.operation(
        write("setGrace", "Set how long an account's licences are served after their term")
            .says(
                "For every term of the account, also one that has ended within these days, until it is set again; the \
                 usual 30 days take it back. The members are told.",
            )
            .body::<GraceOrder>()
            .reply::<GraceView>(200)
            .problems(&["not_found"]),
    )
    .operation(
        write("moveReseller", "Move an account to another reseller")
            .says("The one in the path loses its access, the one in the body gets it. The members of all are told.")
            .body::<ResellerMove>()
            .reply::<ResellerView>(200)
            .problems(&["not_found", "reseller_not_found", "reseller_has_access"]),
    )
    .operation(
        write("appointManager", "Make a manager of an account where the only one has gone")
            .says("The members are told.")
            .body::<Appointing>()
            .reply::<MemberReceipt>(201)
            .problems(&["not_found", "already_member", "too_many_members"]),
    )
    .operation(
        write("appointResellerManager", "Make a manager of a reseller where the only one has gone")
            .says("The reseller's members are told.")
            .body::<Appointing>()
            .reply::<MemberReceipt>(201)
            .problems(&["not_found", "already_member", "too_many_members"]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described() {
        let paths = openapi().paths.paths;
        for route in ROUTES {
            let item = &paths[route.path];
            let operations = [&item.get, &item.post, &item.put, &item.patch, &item.delete];
            let described = operations.into_iter().flatten().any(|operation| {
                operation.operation_id.as_deref() == Some(route.operation) && operation.responses.responses.len() > 1
            });
            assert!(described, "{}", route.operation);
        }
    }
}
