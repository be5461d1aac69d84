/** Facts that only the orders processor sees: its alarms, and one note to itself. */
import type { Fact } from '../../runtime/model.ts';

interface OfOrder {
  readonly company: string;
  readonly order: string;
}
/** A note: the promise is held for this long without payment. The newest counts; `until` is epoch ms UTC. */
export interface HoldStarted extends OfOrder {
  readonly hold: number;
  readonly minutes: number;
  readonly until: number;
}
/** An alarm: the time of that hold is over. */
export interface HoldExpired extends OfOrder {
  readonly hold: number;
}
/** An alarm: a dispatch has waited long for the order to be confirmed. */
export interface ShipmentOverdue extends OfOrder {
  readonly shipment: string;
  readonly product: string;
  readonly location: string;
}
/** An alarm: a refund has waited long for its other side or for the money. */
export interface RefundOverdue extends OfOrder {
  readonly refund: string;
}

export type Note = Fact<'HoldStarted', HoldStarted>;
export type AlarmFact =
  Fact<'HoldExpired', HoldExpired> | Fact<'ShipmentOverdue', ShipmentOverdue> | Fact<'RefundOverdue', RefundOverdue>;
export const own = ['HoldStarted', 'HoldExpired', 'ShipmentOverdue', 'RefundOverdue'] as const;

export const holdStarted = (data: HoldStarted): Note => ({ type: 'HoldStarted', data });
export const holdExpired = (data: HoldExpired): AlarmFact => ({ type: 'HoldExpired', data });
export const shipmentOverdue = (data: ShipmentOverdue): AlarmFact => ({ type: 'ShipmentOverdue', data });
export const refundOverdue = (data: RefundOverdue): AlarmFact => ({ type: 'RefundOverdue', data });
