/// Replaces each value of a row by the median of its neighbourhood; the row is reflected at its ends.
enum MedianFilter {
    /// - Parameter width: values in a neighbourhood, odd. Rows of no more than half of it stay as they are.
    static func apply(to row: inout [Float], width: Int) {
        let half = width / 2
        guard row.count > half else { return }
        let source = row
        var neighbours = [Float](repeating: 0, count: width)
        for center in source.indices {
            for offset in 0..<width {
                var index = abs(center + offset - half)
                if index >= source.count { index = 2 * (source.count - 1) - index }
                // Kept sorted as they come.
                var place = offset
                while place > 0, neighbours[place - 1] > source[index] {
                    neighbours[place] = neighbours[place - 1]
                    place -= 1
                }
                neighbours[place] = source[index]
            }
            row[center] = neighbours[half]
        }
    }
}
