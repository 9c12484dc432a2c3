import OmniTensor

/// The cheapest monotonic path through a matrix of costs: which frame each token was spoken in.
enum DynamicTimeWarping {
    /// Finds the path, as pairs of row and column from the first to the last. Of equally cheap steps the one along the
    /// columns is taken, as in the reference.
    ///
    /// - Parameter cost: `[rows, columns]`, both at least 1.
    static func path(_ cost: Span<Double>, rowCount: Int, columnCount: Int) -> [(row: Int, column: Int)] {
        precondition(
            cost.count == rowCount * columnCount, "\(cost.count) costs for \(rowCount) rows of \(columnCount)")
        let width = columnCount + 1
        // Sums are kept in single precision, as in the reference: ties fall alike.
        var sums = [Float](repeating: .infinity, count: (rowCount + 1) * width)
        var steps = [UInt8](repeating: 0, count: sums.count)
        sums[0] = 0
        for column in 1..<width {
            for row in 1...rowCount {
                let diagonal = sums[(row - 1) * width + column - 1]
                let down = sums[(row - 1) * width + column]
                let along = sums[row * width + column - 1]
                let (least, step): (Float, UInt8) =
                    if diagonal < down && diagonal < along { (diagonal, 0) } else if down < diagonal && down < along {
                        (down, 1)
                    } else { (along, 2) }
                sums[row * width + column] = Float(cost[(row - 1) * columnCount + column - 1] + Double(least))
                steps[row * width + column] = step
            }
        }
        var (row, column) = (rowCount, columnCount)
        var path: [(row: Int, column: Int)] = []
        while row > 0 || column > 0 {
            path.append((row - 1, column - 1))
            let step = row == 0 ? 2 : column == 0 ? 1 : steps[row * width + column]
            if step != 2 { row -= 1 }
            if step != 1 { column -= 1 }
        }
        return path.reversed()
    }
}
