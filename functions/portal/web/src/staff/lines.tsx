// What was ordered.

import type { StaffOrder } from "../api";
import { date, number } from "../format";
import { plainName } from "../matrix/name";
import { words } from "../words";
import { Since } from "./changes";

type Line = StaffOrder["order"]["lines"][number];

export function Lines({ lines }: { lines: Line[] }) {
  const { staff, licences } = words.value;
  return (
    <section class="card">
      <h2 id="lines">{staff.lines}</h2>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="lines">
        <table class="list lines">
          <thead>
            <tr>
              <th scope="col">{licences.grants.product}</th>
              <th scope="col" class="number wide">
                {staff.quantity}
              </th>
              <th scope="col" class="wide">{licences.grants.code}</th>
              <th scope="col" class="wide">{staff.gives}</th>
              <th scope="col" class="wide">{licences.grants.period}</th>
              <th scope="col" class="wide">{licences.care}</th>
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
  const looks = { locked: "", unlocked: "good", ended: "wrong", cancelled: "wrong" };
  const gives = [number(line.capacity), licences.units[line.unit]].filter(Boolean).join(" ");
  const period = `${date(line.start)} – ${line.term ? date(line.term) : licences.grants.forever}`;
  const care = line.care.level.toUpperCase();
  const carePeriod = `${date(line.care.start)} – ${date(line.care.term)}`;
  return (
    <tr>
      <td>
        {line.product}
        <span class="more muted">{line.sku}</span>
        {/* Where there is little room, what the other columns say stands here. */}
        <span class="more narrow">{[`${number(line.quantity)} × ${line.licenseCode}`, gives, licences[line.licenseType]].join(" · ")}</span>
        <span class="more narrow">{period}</span>
        <span class="more narrow">{`${care} ${carePeriod}`}</span>
        <Since renewals={line.renewals} cancelled={line.cancelled} />
      </td>
      <td class="number wide">{number(line.quantity)}</td>
      <td class="code wide">{line.licenseCode}</td>
      <td class="wide">
        {gives}
        <span class="more muted">{`${plainName(line)} · ${licences[line.licenseType]}`}</span>
      </td>
      <td class="days wide">{period}</td>
      <td class="days wide">
        {care}
        <span class="more muted">{carePeriod}</span>
      </td>
      <td>
        <span class={`status ${looks[line.status]}`}>{staff.lineStatuses[line.status]}</span>
      </td>
    </tr>
  );
}
