// Describes a user of the list, and the address of the list.

export interface ListedUser {
  readonly userId: string;
  readonly kind: string;
  readonly email: string | null;
  readonly createdAt: string;
  readonly tracks: number;
  readonly openSessions: number;
  readonly deleteAfter: string | null;
}

export const pathOf = (of: string | undefined): readonly string[] =>
  of === undefined ? ["users"] : ["businesses", of, "users"];
