/** What a sealed field holds of a person, once opened. */
export interface Address {
  readonly name: string | null;
  readonly company: string | null;
  readonly street: string | null;
  readonly street2: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postcode: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
}
export interface Contact {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly billing: Address;
  readonly shipping: Address;
}
