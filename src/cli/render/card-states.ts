/** What is to be said of a network card beside where it is. */
import type { CardRow } from "../../core/network-cards.ts";

export const CARD_STATES: Readonly<Record<CardRow["state"], string>> = {
  plugged: "",
  coming: "comes with its next start",
  going: "goes with its next start",
};
