//! The brief's licence table, as text, from what `GET /v1/accounts/{accountId}` answers.

use serde_json::Value;

/// Rows and columns as the portal shows them.
pub(super) fn table(view: &Value) -> String {
    let servers: Vec<&Value> = view["servers"].as_array().into_iter().flatten().collect();
    let mut head: Vec<String> =
        ["APP. NAME", "TYPE", "USED LICENSES", "CARE", "START", "TERM DATE"].map(str::to_owned).to_vec();
    head.extend(servers.iter().map(|server| text(&server["name"]).to_uppercase()));
    let rows = view["rows"].as_array().into_iter().flatten().map(|row| cells(row, &servers));
    align(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

fn cells(row: &Value, servers: &[&Value]) -> Vec<String> {
    let redundancy = if row["redundancy"] == true { " red." } else { "" };
    let unit = match text(&row["unit"]) {
        "instances" => String::new(),
        unit => format!(" ({unit})"),
    };
    let license = if row["licenseType"] == "perpetual" { "Perpetual" } else { "Subscription" };
    let mut cells = vec![
        format!("{}{redundancy}{unit}", text(&row["application"])),
        license.to_owned(),
        format!("{} / {}", row["used"], row["total"]),
        text(&row["care"]).to_uppercase(),
        date(&row["start"]),
        date(&row["termDate"]),
    ];
    let assigned = |server: &&Value| row["servers"][text(&server["serverId"])].as_u64().unwrap_or_default().to_string();
    cells.extend(servers.iter().map(assigned));
    cells
}

/// As `appsuite status` writes it.
fn date(value: &Value) -> String {
    text(value).split('-').rev().collect::<Vec<_>>().join("/")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Columns as wide as their widest cell.
fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_table_reads_as_in_the_portal() {
        let view = json!({
            "servers": [{ "serverId": "b000000001", "name": "Server 1" }],
            "rows": [{
                "application": "Advanced Queueing", "redundancy": true, "unit": "channels", "licenseType": "subscription",
                "used": 20, "total": 20, "care": "gold", "start": "2019-08-08", "termDate": "2020-08-07",
                "servers": { "b000000001": 20 },
            }],
        });
        assert_eq!(
            table(&view),
            "  APP. NAME                          TYPE          USED LICENSES  CARE  START       TERM DATE   SERVER 1\n  \
             Advanced Queueing red. (channels)  Subscription  20 / 20        GOLD  08/08/2019  07/08/2020  20\n"
        );
    }
}
