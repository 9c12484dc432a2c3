// Activations eight at a time. What they compute is defined by `Activation`.

extension BLASEngine {
    public func activate(_ x: inout MutableSpan<Float>, _ activation: Activation) {
        switch activation {
        case .gelu: Self.update(&x, Self.gelu)
        case .geluTanh: Self.update(&x, Self.geluTanh)
        case .silu: Self.update(&x, Self.silu)
        case .relu: Self.update(&x) { $0.replacing(with: 0, where: $0 .< 0) }
        case .sigmoid: Self.update(&x, Self.sigmoid)
        case .tanh: Self.update(&x, Self.tanh)
        }
    }

    public func gate(_ y: inout MutableSpan<Float>, with x: Span<Float>, _ activation: Activation) {
        precondition(x.count == y.count, "gates for \(x.count) and \(y.count) elements")
        activate(&y, activation)
        for i in 0..<y.count { unsafe y[unchecked: i] *= x[unchecked: i] }
    }

    @inline(__always)
    private static func gelu(_ x: Lanes) -> Lanes { 0.5 * x * (1 + FastErrorFunction.erf(x * 0.707_106_77)) }

    @inline(__always)
    private static func geluTanh(_ x: Lanes) -> Lanes {
        0.5 * x * (1 + tanh(0.797_884_6 * (x + 0.044_715 * x * x * x)))
    }

    @inline(__always)
    private static func silu(_ x: Lanes) -> Lanes {
        // The exponential ends at that of 88, which the largest floats are larger than.
        (x / (1 + FastExponential.exp(-x))).replacing(with: 0, where: x .< -88)
    }

    @inline(__always)
    private static func sigmoid(_ x: Lanes) -> Lanes { 1 / (1 + FastExponential.exp(-x)) }

    @inline(__always)
    private static func tanh(_ x: Lanes) -> Lanes { 1 - 2 / (1 + FastExponential.exp(2 * x)) }

    /// Puts `function` of each element in its place. The last few go through the same function in a vector of their
    /// own.
    @inline(__always)
    private static func update(_ x: inout MutableSpan<Float>, _ function: (Lanes) -> Lanes) {
        unsafe x.withUnsafeMutableBufferPointer { x in
            guard let base = x.baseAddress else { return }
            let whole = x.count & ~7
            for i in stride(from: 0, to: whole, by: 8) {
                unsafe function(Lanes(loading: base + i)).store(to: base + i)
            }
            guard whole < x.count else { return }
            var rest = Lanes.zero
            for i in whole..<x.count { unsafe rest[i - whole] = base[i] }
            rest = function(rest)
            for i in whole..<x.count { unsafe base[i] = rest[i - whole] }
        }
    }
}
