export interface StudioOptions {
  readonly seed: number;
  /** How many collections; 1,763 was once measured on a real account. */
  readonly collections: number;
  readonly invoices: number;
  /** The moment at which the studio's past ends, epoch milliseconds. */
  readonly now: number;
  /** Smith Studio unless told. */
  readonly owner?: Omit<Owner, "password">;
  /** Added to where each kind of numeric id begins, so that two studios share none. */
  readonly idsBeyond?: number;
}

/** Who signs in to look after a studio. */
export interface Owner {
  readonly username: string;
  readonly email: string;
  readonly businessName: string;
  /** Can be changed, as by its owner. */
  password: string;
}

/** What the simulated studio holds. Times are epoch milliseconds; money is in the smallest currency unit. */
export interface Studio {
  readonly owner: Owner;
  readonly collections: Map<number, Collection>;
  readonly starred: Map<number, { collection: number; at: number }>;
  readonly clients: Map<string, StudioClient>;
  readonly invoices: Map<string, Invoice>;
  readonly payments: Map<string, Payment>;
  readonly documents: Map<string, StudioDocument>;
  /** Next numeric ids, one sequence for each kind, as in a real database. */
  readonly next: { collection: number; photo: number; row: number; invoice: number };
}

export interface Collection {
  readonly id: number;
  name: string;
  description: string | null;
  /** YYYY-MM-DD. */
  eventDate: string | null;
  expiryDate: string | null;
  createdAt: number;
  /** When something last happened in it that the listing shows. */
  updatedAt: number;
  status: "published" | "hidden";
  /** Secrets stand in plain text, as in the real answers. */
  password: string | null;
  privatePassword: string;
  downloadPin: string;
  readonly galleries: Gallery[];
  /** Photos and videos are computed from these, so that a big studio stays small in memory. */
  readonly firstMediaId: number;
  photoCount: number;
  readonly videoCount: number;
  readonly clients: GalleryClient[];
  readonly lists: FavoriteList[];
  readonly favorites: Map<number, Favorite>;
  readonly downloads: Map<number, Download>;
  readonly links: Map<number, SharingLink>;
}

/** A photo set. `from` and `to` are photo positions; "Highlights" overlaps the others on purpose. */
export interface Gallery {
  readonly id: number;
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface Media {
  readonly id: number;
  readonly kind: "photo" | "video";
  readonly name: string;
}

/** Someone who opened a collection: perhaps with an e-mail only, perhaps with neither. */
export interface GalleryClient {
  readonly id: number;
  readonly name: string | null;
  readonly email: string | null;
  accessLevel: "full" | "guest";
  lastAccessed: number;
}

export interface FavoriteList {
  readonly id: number;
  readonly client: number;
  name: string;
  readonly createdAt: number;
}

export interface Favorite {
  readonly id: number;
  readonly client: number;
  readonly list: number;
  readonly media: Media;
  readonly gallery: number;
  note: string | null;
  readonly at: number;
}

export interface Download {
  readonly id: number;
  readonly kind: "photo" | "video" | "gallery";
  readonly client: number | null;
  readonly pinUsed: boolean;
  readonly media: Media | null;
  readonly count: number;
  readonly format: string;
  readonly bytes: number;
  status: "processing" | "completed" | "failed";
  readonly part: { readonly number: number; readonly of: number } | null;
  readonly at: number;
}

interface SharingLink {
  readonly id: number;
  readonly token: string;
  readonly media: Media;
  expiresAt: number | null;
  permissions: "view" | "download";
  uses: number;
  readonly createdAt: number;
}

export interface StudioClient {
  readonly id: string;
  readonly email: string | null;
  readonly first: string;
  readonly last: string | null;
  type: "client" | "lead";
  statusName: string;
  readonly createdAt: number;
}

export type InvoiceStatus = "draft" | "sent" | "partially_paid" | "paid" | "overdue" | "cancelled";

export interface Invoice {
  readonly id: string;
  readonly number: string;
  readonly client: string;
  readonly amount: number;
  readonly currency: string;
  status: InvoiceStatus;
  /** YYYY-MM-DD. */
  readonly dueDate: string;
  readonly createdAt: number;
  readonly lines: readonly { readonly name: string; readonly amount: number }[];
}

export interface Payment {
  readonly id: string;
  readonly invoice: string;
  readonly client: string;
  readonly amount: number;
  readonly currency: string;
  readonly method: string;
  status: string;
  readonly fee: number;
  readonly at: number;
}

export const documentKinds = ["contracts", "questionnaires", "quotes", "sessions"] as const;
export type DocumentKind = (typeof documentKinds)[number];

export interface StudioDocument {
  readonly id: string;
  readonly kind: DocumentKind;
  readonly name: string;
  readonly client: string;
  status: string;
  readonly createdAt: number;
}
