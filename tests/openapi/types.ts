// Types of Späti */ "24", written by `mockserver types`.

export interface Count {
  count: number;
}

export interface Log {
  id: number;
  /** What was written. */
  line: string | null;
}

export type LogList = Log[];

export interface Owner {
  /** A UUID. */
  id: string;
  name: string;
  /** There when `embed` asks for it. */
  readonly "pet-shops"?: PetShop[];
  /** There when `embed` asks for it. */
  readonly pets?: Pet[];
}

export type OwnerBulkResult = Owner[];

export interface OwnerCreate {
  /** Made for you unless you choose one. A UUID. */
  id?: string | null;
  name: string;
  secret?: string | null;
}

export type OwnerList = Owner[];

export interface OwnerPatch {
  name?: string;
  secret?: string | null;
}

export interface OwnerReplace {
  name: string;
  secret?: string | null;
}

export interface People {
  id: number;
}

export type PeopleBulkResult = People[];

export interface PeopleCreate {
  /** Made for you unless you choose one. */
  id?: number | null;
}

export type PeopleList = People[];

export interface PeoplePatch {
}

export interface PeopleReplace {
}

export interface Persons {
  id: number;
}

export type PersonsBulkResult = Persons[];

export interface PersonsCreate {
  /** Made for you unless you choose one. */
  id?: number | null;
}

export type PersonsList = Persons[];

export interface PersonsPatch {
}

export interface PersonsReplace {
}

/** A pet. *\/ Not a comment. */
export interface Pet {
  id: number;
  shop_id: string;
  tag: string | null;
  status: "in" | "out" | null;
  size: 1 | 2 | 3 | null;
  mixed: "a" | 2 | true | null;
  toys: ({
    kind: "ball" | "bone";
    /** A date, like 2026-01-15. */
    since?: string | null;
  })[] | null;
  chip: {
    code: string;
    set?: boolean | null;
  } | null;
  /** A date, like 2026-01-15. */
  born?: string | null;
  friends: string[] | null | Owner[];
  /** An e-mail address. */
  mail: string | null;
  any: unknown;
  readonly label: string | null;
  photo: {
    name?: string | null;
    type?: string | null;
    size?: number | null;
    sha256?: string | null;
    url?: string | null;
  } | null;
  readonly face: string | null;
  /** A moment, like 2026-01-15T09:00:00Z. */
  readonly seen_at: string | null;
  /** There when `embed` asks for it. */
  readonly shop?: PetShop | null;
}

export type PetBulkResult = Pet[];

export interface PetCreate {
  /** Made for you unless you choose one. */
  id?: number | null;
  shop_id: string;
  tag?: string | null;
  status?: "in" | "out" | null;
  size?: 1 | 2 | 3 | null;
  mixed?: "a" | 2 | true | null;
  toys?: ({
    kind: "ball" | "bone";
    /** A date, like 2026-01-15. */
    since?: string | null;
  })[] | null;
  chip?: {
    code: string;
    set?: boolean | null;
  } | null;
  /** A date, like 2026-01-15. */
  born?: string | null;
  friends?: string[] | null;
  /** An e-mail address. */
  mail?: string | null;
  any?: unknown;
  /** Sent as multipart/form-data, or put to its own URL; what was read may be sent back. */
  photo?: { [name: string]: unknown } | null;
}

export interface PetCreateBelowOwner {
  /** Made for you unless you choose one. */
  id?: number | null;
  shop_id: string;
  tag?: string | null;
  status?: "in" | "out" | null;
  size?: 1 | 2 | 3 | null;
  mixed?: "a" | 2 | true | null;
  toys?: ({
    kind: "ball" | "bone";
    /** A date, like 2026-01-15. */
    since?: string | null;
  })[] | null;
  chip?: {
    code: string;
    set?: boolean | null;
  } | null;
  /** A date, like 2026-01-15. */
  born?: string | null;
  /** An e-mail address. */
  mail?: string | null;
  any?: unknown;
  /** Sent as multipart/form-data, or put to its own URL; what was read may be sent back. */
  photo?: { [name: string]: unknown } | null;
}

export interface PetCreateBelowPetShop {
  /** Made for you unless you choose one. */
  id?: number | null;
  tag?: string | null;
  status?: "in" | "out" | null;
  size?: 1 | 2 | 3 | null;
  mixed?: "a" | 2 | true | null;
  toys?: ({
    kind: "ball" | "bone";
    /** A date, like 2026-01-15. */
    since?: string | null;
  })[] | null;
  chip?: {
    code: string;
    set?: boolean | null;
  } | null;
  /** A date, like 2026-01-15. */
  born?: string | null;
  friends?: string[] | null;
  /** An e-mail address. */
  mail?: string | null;
  any?: unknown;
  /** Sent as multipart/form-data, or put to its own URL; what was read may be sent back. */
  photo?: { [name: string]: unknown } | null;
}

export type PetList = Pet[];

export interface PetPatch {
  shop_id?: string;
  status?: "in" | "out" | null;
  size?: 1 | 2 | 3 | null;
  mixed?: unknown;
  toys?: ({
    kind: "ball" | "bone";
    /** A date, like 2026-01-15. */
    since?: string | null;
  })[] | null;
  chip?: {
    code?: string;
    set?: boolean | null;
  } | null;
  /** A date, like 2026-01-15. */
  born?: string | null;
  friends?: string[] | null;
  /** An e-mail address. */
  mail?: string | null;
  any?: unknown;
  /** Sent as multipart/form-data, or put to its own URL; what was read may be sent back. */
  photo?: { [name: string]: unknown } | null;
}

export interface PetReplace {
  shop_id: string;
  status?: "in" | "out" | null;
  size?: 1 | 2 | 3 | null;
  mixed?: "a" | 2 | true | null;
  toys?: ({
    kind: "ball" | "bone";
    /** A date, like 2026-01-15. */
    since?: string | null;
  })[] | null;
  chip?: {
    code: string;
    set?: boolean | null;
  } | null;
  /** A date, like 2026-01-15. */
  born?: string | null;
  friends?: string[] | null;
  /** An e-mail address. */
  mail?: string | null;
  any?: unknown;
  /** Sent as multipart/form-data, or put to its own URL; what was read may be sent back. */
  photo?: { [name: string]: unknown } | null;
}

export interface PetReplaceBelowPetShop {
  shop_id?: string;
  status?: "in" | "out" | null;
  size?: 1 | 2 | 3 | null;
  mixed?: "a" | 2 | true | null;
  toys?: ({
    kind: "ball" | "bone";
    /** A date, like 2026-01-15. */
    since?: string | null;
  })[] | null;
  chip?: {
    code: string;
    set?: boolean | null;
  } | null;
  /** A date, like 2026-01-15. */
  born?: string | null;
  friends?: string[] | null;
  /** An e-mail address. */
  mail?: string | null;
  any?: unknown;
  /** Sent as multipart/form-data, or put to its own URL; what was read may be sent back. */
  photo?: { [name: string]: unknown } | null;
}

export interface PetShop {
  id: string;
  owner_id: string | null | Owner;
  "straße": string | null;
  limit: number | null;
  "a-b\"d": boolean | null;
  owner: string | null;
  /** There when `embed` asks for it. */
  readonly pets?: Pet[];
}

export type PetShopBulkResult = PetShop[];

export interface PetShopCreate {
  /** Made for you unless you choose one. */
  id?: string | null;
  /** A UUID. */
  owner_id?: string | null;
  "straße"?: string | null;
  limit?: number | null;
  "a-b\"d"?: boolean | null;
  owner?: string | null;
}

export interface PetShopCreateBelowOwner {
  /** Made for you unless you choose one. */
  id?: string | null;
  "straße"?: string | null;
  limit?: number | null;
  "a-b\"d"?: boolean | null;
  owner?: string | null;
}

export type PetShopList = PetShop[];

export interface PetShopPatch {
  /** A UUID. */
  owner_id?: string | null;
  "straße"?: string | null;
  limit?: number | null;
  "a-b\"d"?: boolean | null;
  owner?: string | null;
}

export interface PetShopReplace {
  /** A UUID. */
  owner_id?: string | null;
  "straße"?: string | null;
  limit?: number | null;
  "a-b\"d"?: boolean | null;
  owner?: string | null;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: {
    pointer?: string;
    detail: string;
    parameter?: string;
  }[];
  details?: string;
}

export interface Setting {
  id: number;
  theme: "light" | "dark";
}

export interface SettingPatch {
  theme?: "light" | "dark";
}

export interface SettingReplace {
  theme: "light" | "dark";
}
