// Defines the former and the new store of a move.
export interface MovePair<Store> {
  readonly from: Store;
  readonly to: Store;
}
