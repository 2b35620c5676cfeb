// Opens both stores of a move, the former one and the new one.
export interface MovePair<Store> {
  readonly from: Store;
  readonly to: Store;
}
