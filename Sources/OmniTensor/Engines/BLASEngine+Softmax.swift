extension BLASEngine {
    public func softmax(_ x: inout MutableSpan<Float>, width: Int) {
        precondition(width > 0 && x.count % width == 0, "\(x.count) elements in rows of \(width)")
        unsafe x.withUnsafeMutableBufferPointer { x in
            guard let base = x.baseAddress else { return }
            for row in stride(from: 0, to: x.count, by: width) {
                let scale = unsafe 1 / Self.exponentials(base + row, count: width)
                for i in row..<row + width { unsafe base[i] *= scale }
            }
        }
    }

    /// Puts `exp(x − largest)` in the place of each element and returns their sum.
    @unsafe
    static func exponentials(_ x: UnsafeMutablePointer<Float>, count: Int) -> Float {
        let whole = count & ~7
        var largest = -Float.infinity
        if whole > 0 {
            var lanes = unsafe Lanes(loading: x)
            for i in stride(from: 8, to: whole, by: 8) {
                let next = unsafe Lanes(loading: x + i)
                lanes.replace(with: next, where: next .> lanes)
            }
            for lane in lanes.indices { largest = max(largest, lanes[lane]) }
        }
        for i in whole..<count { largest = unsafe max(largest, x[i]) }
        var total = Lanes.zero
        for i in stride(from: 0, to: whole, by: 8) {
            let value = unsafe FastExponential.exp(Lanes(loading: x + i) - largest)
            unsafe value.store(to: x + i)
            total += value
        }
        var sum = total.sum()
        guard whole < count else { return sum }
        var rest = Lanes(repeating: largest)
        for i in whole..<count { unsafe rest[i - whole] = x[i] }
        rest = FastExponential.exp(rest - largest)
        for i in whole..<count {
            unsafe x[i] = rest[i - whole]
            sum += rest[i - whole]
        }
        return sum
    }
}
