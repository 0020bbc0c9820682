import { describe, expect, test } from "vitest";
import { digestDue, quietUntil } from "../../../src/domain/timing.js";
import { minutesOfDay, nextTimeOfDay } from "../../../src/domain/zone.js";

const at = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString();
const london = "Europe/London";

describe("the next time of day", () => {
  test("is today when it is still to come, else tomorrow", () => {
    expect(iso(nextTimeOfDay(at("2026-11-20T10:00:00Z"), "18:00", london))).toBe("2026-11-20T18:00:00.000Z");
    expect(iso(nextTimeOfDay(at("2026-11-20T18:00:00Z"), "18:00", london))).toBe("2026-11-21T18:00:00.000Z");
  });

  test("follows daylight saving", () => {
    expect(iso(nextTimeOfDay(at("2026-03-28T12:00:00Z"), "08:00", london))).toBe("2026-03-29T07:00:00.000Z");
    expect(iso(nextTimeOfDay(at("2026-10-24T12:00:00Z"), "08:00", london))).toBe("2026-10-25T08:00:00.000Z");
  });

  test("that the clocks skip comes at the first moment after the gap", () => {
    // In London 01:00 to 02:00 on 29 March 2026 does not exist, in New York 02:00 to 03:00 on 8 March.
    expect(iso(nextTimeOfDay(at("2026-03-28T12:00:00Z"), "01:30", london))).toBe("2026-03-29T01:00:00.000Z");
    expect(iso(nextTimeOfDay(at("2026-03-08T05:00:00Z"), "02:30", "America/New_York"))).toBe(
      "2026-03-08T07:00:00.000Z",
    );
    expect(iso(nextTimeOfDay(at("2026-03-08T05:00:00Z"), "02:00", "America/New_York"))).toBe(
      "2026-03-08T07:00:00.000Z",
    );
    expect(iso(nextTimeOfDay(at("2026-10-03T12:00:00Z"), "02:10", "Australia/Lord_Howe"))).toBe(
      "2026-10-03T15:30:00.000Z",
    );
  });

  test("that the clocks show twice comes twice", () => {
    const first = nextTimeOfDay(at("2026-11-01T04:00:00Z"), "01:30", "America/New_York");
    expect(iso(first)).toBe("2026-11-01T05:30:00.000Z");
    const second = nextTimeOfDay(first, "01:30", "America/New_York");
    expect(iso(second)).toBe("2026-11-01T06:30:00.000Z");
    expect(iso(nextTimeOfDay(second, "01:30", "America/New_York"))).toBe("2026-11-02T06:30:00.000Z");
  });

  test("is right far from Greenwich", () => {
    expect(iso(nextTimeOfDay(at("2026-11-20T10:00:00Z"), "08:00", "Pacific/Auckland"))).toBe(
      "2026-11-20T19:00:00.000Z",
    );
    expect(iso(nextTimeOfDay(at("2026-11-20T10:00:00Z"), "21:00", "America/Los_Angeles"))).toBe(
      "2026-11-21T05:00:00.000Z",
    );
    expect(minutesOfDay(at("2026-11-20T00:00:00Z"), "Asia/Kathmandu")).toBe(5 * 60 + 45);
  });

  test("comes once a day, at that time of day, all year round", () => {
    for (const zone of [london, "America/New_York", "Australia/Lord_Howe", "UTC"]) {
      let now = at("2026-01-01T00:00:00Z");
      for (let day = 0; day < 365; day++) {
        const next = nextTimeOfDay(now, "08:15", zone);
        expect(minutesOfDay(next, zone)).toBe(8 * 60 + 15);
        if (day > 0) expect(Math.abs(next - now - 86_400_000)).toBeLessThanOrEqual(3_600_000);
        now = next;
      }
    }
  });
});

describe("quiet hours", () => {
  const quiet = { from: "21:00", to: "08:00", except: ["invoice.paid"] };

  test("keep back what comes within them, across midnight", () => {
    expect(quietUntil(quiet, "favorite.added", at("2026-11-20T22:00:00Z"), "UTC")).toBe(
      at("2026-11-21T08:00:00Z"),
    );
    expect(quietUntil(quiet, "favorite.added", at("2026-11-21T07:59:00Z"), "UTC")).toBe(
      at("2026-11-21T08:00:00Z"),
    );
    expect(quietUntil(quiet, "favorite.added", at("2026-11-21T08:00:00Z"), "UTC")).toBeNull();
    expect(quietUntil(quiet, "favorite.added", at("2026-11-20T20:59:00Z"), "UTC")).toBeNull();
  });

  test("that end in an hour which comes twice end with either, not a day later", () => {
    const night = { from: "21:00", to: "01:30", except: [] };
    const [before, between, again] = ["05:15", "05:45", "06:15"].map((time) => at(`2026-11-01T${time}:00Z`));
    expect(quietUntil(night, "favorite.added", before ?? 0, "America/New_York")).toBe(
      at("2026-11-01T05:30:00Z"),
    );
    expect(quietUntil(night, "favorite.added", between ?? 0, "America/New_York")).toBeNull();
    expect(quietUntil(night, "favorite.added", again ?? 0, "America/New_York")).toBe(
      at("2026-11-01T06:30:00Z"),
    );
  });

  test("end when the clocks are set back out of them, and begin again", () => {
    const night = { from: "01:30", to: "02:30", except: [] };
    const until = (time: string) =>
      quietUntil(night, "favorite.added", at(`2026-11-01T${time}:00Z`), "America/New_York");
    // 01:30 comes at 05:30 and at 06:30 UTC; at 06:00 it is 01:00 again.
    expect(until("05:40")).toBe(at("2026-11-01T06:00:00Z"));
    expect(until("06:10")).toBeNull();
    expect(until("06:40")).toBe(at("2026-11-01T07:30:00Z"));
  });

  test("let through what they except", () => {
    expect(quietUntil(quiet, "invoice.paid", at("2026-11-20T22:00:00Z"), "UTC")).toBeNull();
  });

  test("go by the account's zone", () => {
    expect(quietUntil(quiet, "favorite.added", at("2026-11-20T03:00:00Z"), "America/New_York")).toBe(
      at("2026-11-20T13:00:00Z"),
    );
  });
});

describe("a digest is due", () => {
  const opened = at("2026-11-20T10:07:00Z");

  test("after its quiet time, and at the latest after its longest time", () => {
    const digest = { quiet: "2m", max: "15m" };
    expect(digestDue(digest, opened, opened, "UTC")).toBe(opened + 120_000);
    expect(digestDue(digest, opened, opened + 14 * 60_000, "UTC")).toBe(opened + 15 * 60_000);
  });

  test("at the end of its period", () => {
    expect(iso(digestDue({ every: "1h" }, opened, opened, "UTC"))).toBe("2026-11-20T11:00:00.000Z");
  });

  describe("by the wall clock of the zone,", () => {
    /** The ends of the periods between two times. */
    function endsOf(every: string, zone: string, from: string, to: string): string[] {
      const ends: string[] = [];
      for (let end = at(from); ; ) {
        end = digestDue({ every }, end, end, zone);
        if (end > at(to)) return ends;
        ends.push(iso(end).slice(5, 16));
      }
    }

    test("where its period fits into a day", () => {
      expect(endsOf("1h", "Asia/Kolkata", "2026-11-20T10:00:00Z", "2026-11-20T12:00:00Z")).toEqual([
        "11-20T10:30",
        "11-20T11:30",
      ]);
      expect(endsOf("1d", "America/New_York", "2026-11-20T10:00:00Z", "2026-11-23T00:00:00Z")).toEqual([
        "11-21T05:00",
        "11-22T05:00",
      ]);
      expect(endsOf("2d", "America/New_York", "2026-11-20T10:00:00Z", "2026-11-25T00:00:00Z")).toHaveLength(
        2,
      );
      expect(endsOf("15m", "Asia/Kathmandu", "2026-11-20T10:00:00Z", "2026-11-20T10:30:00Z")).toEqual([
        "11-20T10:15",
        "11-20T10:30",
      ]);
    });

    test("also when the clocks change", () => {
      const london = (every: string, day: string) =>
        endsOf(every, "Europe/London", `2026-${day}T00:00:00Z`, `2026-${day}T23:00:00Z`);
      expect(london("6h", "03-29")).toEqual(["03-29T05:00", "03-29T11:00", "03-29T17:00", "03-29T23:00"]);
      expect(london("6h", "10-25")).toEqual(["10-25T06:00", "10-25T12:00", "10-25T18:00"]);
      expect(london("1h", "03-29")).toHaveLength(23);
      expect(london("1h", "10-25")).toHaveLength(23);
      // 01:00 to 02:00 is skipped, and a period that would end in it ends after it.
      expect(london("90m", "03-29").slice(0, 2)).toEqual(["03-29T01:00", "03-29T02:00"]);
    });

    test("and no later than a period and the change of the clocks after it was opened", () => {
      const zones = [
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Havana",
        "Asia/Beirut",
      ];
      for (const zone of zones) {
        for (const [every, ms] of [
          ["20m", 1_200_000],
          ["1h", 3_600_000],
          ["90m", 5_400_000],
          ["1d", 86_400_000],
        ] as const) {
          for (
            let opened = at("2026-01-01T00:07:03.004Z");
            opened < at("2027-01-01T00:00:00Z");
            opened += 97_111_111
          ) {
            const due = digestDue({ every }, opened, opened, zone);
            expect(due).toBeGreaterThan(opened);
            expect(due - opened).toBeLessThanOrEqual(ms + 3_600_000);
            const minute = minutesOfDay(due, zone);
            const gap = minutesOfDay(due - 60_000, zone) !== (minute + 1_439) % 1_440;
            if (!gap) expect((minute * 60_000) % ms).toBe(0);
          }
        }
      }
    });
  });

  test("counted from 1970 in UTC where its period does not fit into a day", () => {
    const due = digestDue({ every: "7h" }, opened, opened, "America/New_York");
    expect(due % (7 * 3_600_000)).toBe(0);
    expect(due).toBe(digestDue({ every: "7h" }, opened, opened, "UTC"));
  });

  test("at its time of day", () => {
    expect(iso(digestDue({ dailyAt: "18:00" }, opened, opened, "Europe/Berlin"))).toBe(
      "2026-11-20T17:00:00.000Z",
    );
  });
});
