import { describe, expect, it } from "vitest";

import { compact, look } from "../src/server/carried";

// As published in shared/lease/vectors/offline.json.
const request = [
  "00LC3SJI-BW9LDW4W-SM2OWZ46-GK86Q0AV",
  "04QZ876B-1U3P4RSG-5YKL05T3-TQDCYY1J",
  "180DXYJC-FMIRGLGD-CHIPUYJM-8Q5FAM9U",
  "34SPVGC5-0X4THVSI-T3Z86V80-14XZRWXJ",
  "1QJ564A6-E1RQAC8Q-8M6WLD61-TN50SYA9",
  "2U1CTGEM-TX3LV2ZE-ZK2JC2DV-BHTUZAQG",
  "1IFTFFXY-K7KK73E3-E45B9FMK-HIMCBX6H",
  "0RD4Q9JS-NEM1RV68-VV22YPY1-OYT1Q8YL",
].join("\n");
const returned = [
  "01RWWG4I-RFOI9A36-5WRALL73-6E91XKNY",
  "04QZ876B-1U3P4RSG-5YKL05T3-TQDCYY1J",
  "180DXYJC-FMIRGLGD-CHIPUYJM-8Q5FAM9U",
  "34SPVGC5-0X4THVSI-T3Z86V80-14XZRWXJ",
  "1QJ564A6-E1RQAC9D-AQHFREWL-M30ISFKM",
  "01GD6EJ5-5PJRLO03-Z8TMOG6B-ENJ560I5",
  "2UEE0DHJ-SUF9TOOV-R4WKYOWK-A8Y8BV90",
  "0O98TPDL-F0BI2JQ8-4VEV8WUV-NMCMPSHF",
].join("\n");
const lines = request.split("\n");

describe("strings that people carry", () => {
  it("are known by their kind", () => {
    expect(look(request)).toEqual({ code: "whole", kind: "request" });
    expect(look(returned)).toEqual({ code: "whole", kind: "return" });
  });

  it("are taken whatever their case, blanks and hyphens", () => {
    for (const shown of [request.toLowerCase(), compact(request), ` ${lines.join(" \r\n ")}`]) expect(look(shown).code).toBe("whole");
  });

  it("say where they are wrong", () => {
    expect(look(" \n-")).toEqual({ code: "empty" });
    expect(look(request.replace("-", "–"))).toEqual({ code: "character", line: 1, character: "–" });
    expect(look([lines[0], lines[2], lines[1], ...lines.slice(3)].join("\n"))).toEqual({ code: "line", line: 2 });
    expect(look(lines.slice(0, 7).join("\n"))).toEqual({ code: "incomplete", lines: 8 });
  });

  it("find every character that was mistyped", () => {
    const digits = compact(request);
    for (let at = 0; at < digits.length; at++) {
      const wrong = digits[at] === "7" ? "8" : "7";
      expect(look(digits.slice(0, at) + wrong + digits.slice(at + 1))).toEqual({ code: "line", line: Math.floor(at / 32) + 1 });
    }
  });
});
