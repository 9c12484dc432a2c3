/// What the arguments of operations on rows must fit, checked once for every engine.
enum RowGeometry {
    /// The width of the rows of a sum that has a number for each row.
    ///
    /// - Precondition: the elements are as many rows as there are numbers, and as many as their sums.
    static func width(elementCount: Int, rowCount: Int, sumCount: Int) -> Int {
        precondition(
            elementCount == sumCount && (rowCount == 0 ? elementCount == 0 : elementCount % rowCount == 0),
            "adding \(elementCount) elements in \(rowCount) rows to \(sumCount)")
        return rowCount == 0 ? 0 : elementCount / rowCount
    }
}
