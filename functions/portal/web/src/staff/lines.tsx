// What was ordered.

import type { StaffOrder } from "../api";
import { date, number } from "../format";
import { plainName } from "../matrix/name";
import { words } from "../words";

type Line = StaffOrder["order"]["lines"][number];

export function Lines({ lines }: { lines: Line[] }) {
  const { staff, licences } = words.value;
  return (
    <section class="card" aria-labelledby="lines">
      <h2 id="lines">{staff.lines}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="lines">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">{licences.grants.product}</th>
              <th scope="col" class="number">
                {staff.quantity}
              </th>
              <th scope="col">{licences.grants.code}</th>
              <th scope="col">{staff.gives}</th>
              <th scope="col">{licences.grants.period}</th>
              <th scope="col">{licences.care}</th>
              <th scope="col">{staff.status}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <LineRow key={line.licenseCode} line={line} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function LineRow({ line }: { line: Line }) {
  const { staff, licences } = words.value;
  const looks = { locked: "", unlocked: "good", ended: "wrong" };
  return (
    <tr>
      <td>
        {line.product}
        <span class="more muted">{line.sku}</span>
      </td>
      <td class="number">{number(line.quantity)}</td>
      <td class="code">{line.licenseCode}</td>
      <td>
        {[number(line.capacity), licences.units[line.unit]].filter(Boolean).join(" ")}
        <span class="more muted">{`${plainName(line)} · ${licences[line.licenseType]}`}</span>
      </td>
      <td class="days">
        {date(line.start)} – {line.term ? date(line.term) : licences.grants.forever}
      </td>
      <td class="days">
        {line.care.level.toUpperCase()}
        <span class="more muted">
          {date(line.care.start)} – {date(line.care.term)}
        </span>
      </td>
      <td>
        <span class={`status ${looks[line.status]}`}>{staff.lineStatuses[line.status]}</span>
      </td>
    </tr>
  );
}
