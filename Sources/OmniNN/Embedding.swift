package import OmniTensor

/// A table `[V, D]` whose rows are looked up. The same packed table may serve as an output head.
package struct Embedding: Sendable {
    package let table: any PackedMatrix
    private let engine: any ComputeEngine

    /// Shares a table that is packed already.
    package init(table: any PackedMatrix, engine: any ComputeEngine) {
        self.table = table
        self.engine = engine
    }

    package var rowCount: Int { table.outputWidth }
    package var width: Int { table.inputWidth }

    /// Writes row `row` to `y` `[D]`.
    package func callAsFunction(_ row: Int, into y: inout MutableSpan<Float>) {
        engine.unpackRow(row, of: table, into: &y)
    }
}
