import OmniTesting
import Testing

@testable import OmniWhisper

/// Rows that are copied are those that computing all of them would give, wherever silence lies.
@Suite struct RepeatedRowsTests {
    /// Row `row` of a convolution of three rows with a row of zeros at either end, for a single column.
    private static func convolved(_ x: [Float], stride: Int, row: Int) -> Float {
        func value(_ index: Int) -> Float { x.indices.contains(index) ? x[index] : 0 }
        let centre = row * stride
        return value(centre - 1) + 3 * value(centre) - 7 * value(centre + 1) + 0.5
    }

    /// Fills the rows of a convolution, and counts those that are computed.
    private static func filled(_ x: [Float], stride: Int, _ rows: RepeatedRows) -> (y: [Float], computedCount: Int) {
        var y = [Float](repeating: .nan, count: (x.count - 1) / stride + 1)
        var computedCount = 0
        var span = y.mutableSpan
        rows.fill(&span, width: 1) { range, part in
            computedCount += range.count
            for (offset, row) in range.enumerated() { part[offset] = convolved(x, stride: stride, row: row) }
        }
        return (y, computedCount)
    }

    @Test func givesEveryRowOfTwoConvolutions() {
        var noise = Noise(seed: 71)
        for _ in 0..<400 {
            let (head, tail) = (Int.random(in: 0...90, using: &noise), Int.random(in: 0...90, using: &noise))
            let middle = (0..<Int.random(in: 0...60, using: &noise)).map { _ in
                Float.random(in: -1...1, using: &noise).rounded()
            }
            let x = [Float](repeating: 0.25, count: head) + middle + [Float](repeating: -0.5, count: tail)
            guard !x.isEmpty else { continue }
            let rows = RepeatedRows(of: x.span, width: 1).convolved(stride: 1)
            let first = Self.filled(x, stride: 1, rows)
            #expect(first.y == x.indices.map { Self.convolved(x, stride: 1, row: $0) })
            let second = Self.filled(first.y, stride: 2, rows.convolved(stride: 2))
            let count = (x.count - 1) / 2 + 1
            #expect(second.y == (0..<count).map { Self.convolved(first.y, stride: 2, row: $0) })
        }
    }

    @Test func computesFewRowsOfSilence() {
        let noise = (0..<100).map { Float($0) }
        let x = [Float](repeating: 0.25, count: 400) + noise + [Float](repeating: -0.5, count: 300)
        let rows = RepeatedRows(of: x.span, width: 1)
        #expect(rows.runs == [0..<400, 500..<800])
        let first = Self.filled(x, stride: 1, rows.convolved(stride: 1))
        #expect(first.computedCount < 100 + 3 * 16)
        let second = Self.filled(first.y, stride: 2, rows.convolved(stride: 1).convolved(stride: 2))
        #expect(second.computedCount < 50 + 3 * 16)
    }

    private static func runs(_ rows: [Float], width: Int) -> [Range<Int>] {
        RepeatedRows(of: rows.span, width: width).runs
    }

    @Test func comparesWholeRowsByTheirBits() {
        #expect(Self.runs([0, 1, 0, 1, 0, 2], width: 2) == [0..<2])
        #expect(Self.runs([0, 1, 0, 2, 0, 2], width: 2) == [1..<3])
        #expect(Self.runs([0, -0.0], width: 1).isEmpty)
        #expect(Self.runs([5, 5, 5], width: 1) == [0..<3])
        #expect(Self.runs([], width: 3).isEmpty)
    }
}
