internal import COmniKernels

extension NativeEngine {
    public func activate(_ x: inout MutableSpan<Float>, _ activation: Activation) {
        unsafe x.withUnsafeMutableBufferPointer { x in
            unsafe omni_activate(pool.handle, isa, activation.kernels, x.baseAddress, x.count)
        }
    }

    public func gate(_ y: inout MutableSpan<Float>, with x: Span<Float>, _ activation: Activation) {
        precondition(x.count == y.count, "gates for \(x.count) and \(y.count) elements")
        guard !y.isEmpty else { return }
        unsafe x.withUnsafeBufferPointer { x in
            unsafe y.withUnsafeMutableBufferPointer { y in
                unsafe omni_gate(pool.handle, isa, activation.kernels, y.baseAddress, x.baseAddress, y.count)
            }
        }
    }

    public func add(_ x: Span<Float>, to y: inout MutableSpan<Float>) {
        precondition(x.count == y.count, "adding \(x.count) elements to \(y.count)")
        unsafe x.withUnsafeBufferPointer { x in
            unsafe y.withUnsafeMutableBufferPointer { y in
                unsafe omni_add(pool.handle, isa, x.baseAddress, y.baseAddress, y.count)
            }
        }
    }
}

extension Activation {
    /// What the kernels call it.
    fileprivate var kernels: omni_activation {
        switch self {
        case .gelu: omni_activation_gelu
        case .geluTanh: omni_activation_gelu_tanh
        case .silu: omni_activation_silu
        case .relu: omni_activation_relu
        case .sigmoid: omni_activation_sigmoid
        case .tanh: omni_activation_tanh
        }
    }
}
