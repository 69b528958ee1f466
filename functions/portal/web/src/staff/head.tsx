// For whom and through whom an order is.

import type { ComponentChildren } from "preact";

import type { Person, StaffOrder } from "../api";
import { country, moment, number } from "../format";
import { Link } from "../parts/basics";
import { words } from "../words";
import { personName } from "./told";

export function Head({ shown }: { shown: StaffOrder }) {
  const { order, customer, distributor, accountId } = shown;
  const { staff } = words.value;
  const name = accountId ? <Link to={{ screen: "account", account: accountId, tab: "licences" }}>{customer.name}</Link> : customer.name;
  return (
    <section class="card">
      <dl class="facts whole">
        <Fact name={staff.customer} more={`${customer.number} · ${country(customer.country)}`}>
          {name}
        </Fact>
        <Fact name={staff.reseller} more={[order.reseller.number, order.reseller.orderNumber].filter(Boolean).join(" · ")}>
          {order.reseller.name}
        </Fact>
        {distributor && (
          <Fact name={staff.distributor} more={distributor.number}>
            {distributor.name}
          </Fact>
        )}
        <Fact name={staff.recipient} more={address(shown.recipient)}>
          {personName(shown.recipient)}
        </Fact>
        {shown.customerContact && (
          <Fact name={staff.customerContact} more={address(shown.customerContact)}>
            {personName(shown.customerContact)}
          </Fact>
        )}
        {shown.resellerContact && (
          <Fact name={staff.resellerContact} more={address(shown.resellerContact)}>
            {personName(shown.resellerContact)}
          </Fact>
        )}
        <Fact name={staff.purchaseOrder}>{order.purchaseOrder}</Fact>
        <Fact name={staff.kind}>{staff.kinds[order.kind]}</Fact>
        <Fact name={staff.revision}>{number(order.revision)}</Fact>
        <Fact name={staff.received}>{moment(order.receivedAt)}</Fact>
        {order.unlockedAt && <Fact name={order.kind === "purchase" ? staff.unlocked : staff.applied}>{moment(order.unlockedAt)}</Fact>}
        {order.kind === "purchase" && <Fact name={staff.links}>{number(shown.linkGeneration)}</Fact>}
      </dl>
    </section>
  );
}

/** The address where the name stands alone. */
function address(person: Person): string {
  return person.name ? (person.email ?? "") : "";
}

function Fact({ name, children, more }: { name: string; children: ComponentChildren; more?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {more && <span class="more muted">{more}</span>}
      </dd>
    </div>
  );
}
