import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	ageText,
	amountText,
	clockText,
	dayClockText,
	fallText,
	minutesText,
	priceText,
	scoreText,
	signedText,
	speedText,
} from "../../../src/ui/panels/figures.ts";

describe("figures", () => {
	it.each([
		["a score just below the trip level", scoreText(0.5497), "0.549"],
		["a hair below it", scoreText(0.55 - 1e-13), "0.549"],
		["at it", scoreText(0.55), "0.550"],
		["one whose thousandfold is no whole number in binary", scoreText(0.57), "0.570"],
		["a perfect score", scoreText(1), "1.000"],
		["no score", scoreText(Number.NaN), "--"],
		["money", amountText(1_234_567.891, 2), "1,234,567.89"],
		["yen", amountText(1_234_567.891, 0), "1,234,568"],
		["a loss", amountText(-0.5, 2), "-0.50"],
		["less than a cent of loss", amountText(-0.001, 2), "0.00"],
		["unknown money", amountText(null, 2), "--"],
		["a gain", signedText(3, 2), "+3.00"],
		["less than a cent of gain", signedText(0.001, 2), "0.00"],
		["unknown result", signedText(Number.POSITIVE_INFINITY, 2), "--"],
		["a price", priceText(1.1, 5), "1.10000"],
		["no price yet", priceText(0, 5), "--"],
		["a drawdown, never smaller than it is", fallText(1.231), "1.24 %"],
		["one of whole hundredths", fallText(0.29), "0.29 %"],
		["none", fallText(0), "0.00 %"],
		["an unknown one", fallText(null), "--"],
		["one that is no number", fallText(Number.NaN), "--"],
		["a stopwatch", minutesText(12.525), "12:31"],
		["a stopwatch never rounds up", minutesText(59.9999), "59:59"],
		["an hour and a half", minutesText(90), "90:00"],
		["a day", minutesText(1441), "24:01:00"],
		["a minute of a day", minutesText(1, 1440), "0:01:00"],
		["a fresh quote", ageText(430), "0.4 s"],
		["an old quote", ageText(75_000), "1 min 15 s"],
		["a quote from the future", ageText(-5), "0.0 s"],
		["a clock", clockText(Date.UTC(2025, 0, 6, 9, 5, 7)), "09:05:07"],
		["no clock", clockText(Number.NaN), "--:--:--"],
		["a broker's time that is not known yet", `${clockText(0)} ${dayClockText(0)}`, "--:--:-- --"],
		["a speed", speedText(60), "60x"],
		["the full speed", speedText("max"), "max speed"],
	])("%s", (_name, shown, expected) => {
		expect(shown).toBe(expected);
	});

	it("never shows a score as more than it is", () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (score) => Number(scoreText(score)) <= score && score - Number(scoreText(score)) < 0.0010001),
		);
	});

	it("never says that something is no number", () => {
		const any = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null));
		fc.assert(
			fc.property(any, (value) => {
				const number = value ?? Number.NaN;
				const shown = [
					scoreText(number),
					amountText(value, 2),
					signedText(value, 2),
					priceText(number, 5),
					fallText(value),
					minutesText(value),
					ageText(value),
					clockText(value),
				];
				expect(shown.join(" ")).not.toMatch(/NaN|Infinity|undefined|null/);
			}),
		);
	});
});
