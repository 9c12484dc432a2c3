import OmniTensor
import Testing

/// Rows that come at the back and leave at the front.
@Suite struct RowBufferTests {
    private func scalars(_ buffer: RowBuffer) -> [Float] {
        let span = buffer.span
        return span.indices.map { span[$0] }
    }

    @Test func behavesAsAQueue() {
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
    }
}
