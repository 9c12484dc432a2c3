import OmniTensor
import Testing

/// Rows that come and leave at both ends.
@Suite struct RowBufferTests {
    private func scalars(_ buffer: RowBuffer) -> [Float] {
        let span = buffer.span
        return span.indices.map { span[$0] }
    }

    @Test func rowsComeAndLeaveAtBothEnds() {
        var buffer = RowBuffer(width: 2, zeroRowCount: 1)
        var expected: [Float] = [0, 0]
        for step in 0..<50 {
            let rows = (0..<2 * (step % 4)).map { Float(step * 10 + $0) }
            buffer.append(rows.span)
            expected += rows
            if step % 5 == 0 {
                buffer.appendZeros(2)
                expected += [0, 0, 0, 0]
            }
            if step % 6 == 1 {
                let rows = (0..<2 * (step % 5)).map { Float(-step * 10 - $0) }
                buffer.prepend(rows.span)
                expected = rows + expected
            }
            if step % 4 == 3 {
                buffer.append(rowCount: 2) { rows in for i in 0..<rows.count { rows[i] = Float(i) } }
                expected += [0, 1, 2, 3]
            }
            let removedCount = min(step % 3, buffer.rowCount)
            buffer.removeFirst(removedCount)
            expected.removeFirst(2 * removedCount)
            if step % 7 == 0, !buffer.isEmpty {
                buffer.removeLast(1)
                expected.removeLast(2)
            }
            #expect(scalars(buffer) == expected && buffer.count == expected.count)
        }
    }

    @Test func copiesAreIndependent() {
        var buffer = RowBuffer(width: 1)
        let start: [Float] = [1, 2, 3]
        buffer.append(start.span)
        var copy = buffer
        copy.removeFirst(1)
        var rows = copy.mutableSpan
        rows[0] = 9
        #expect(scalars(buffer) == [1, 2, 3] && scalars(copy) == [9, 3])
    }

    @Test func takesOtherExtents() {
        var buffer = RowBuffer(width: 1)
        buffer.reshape(rowCount: 2, width: 3)
        var rows = buffer.mutableSpan
        for i in 0..<6 { rows[i] = Float(i) }
        #expect(scalars(buffer) == [0, 1, 2, 3, 4, 5])
        buffer.reshape(rowCount: 0, width: 2)
        #expect(buffer.isEmpty && buffer.width == 2)
        // Room that rows at the front have needed is kept, and other extents still begin with their own first row.
        buffer.prepend([1, 2, 3, 4].span)
        buffer.prepend([5, 6].span)
        #expect(scalars(buffer) == [5, 6, 1, 2, 3, 4])
        buffer.reshape(rowCount: 1, width: 3)
        var others = buffer.mutableSpan
        for i in 0..<3 { others[i] = Float(i) }
        buffer.prepend([7, 8, 9].span)
        buffer.append([10, 11, 12].span)
        #expect(scalars(buffer) == [7, 8, 9, 0, 1, 2, 10, 11, 12])
    }
}
