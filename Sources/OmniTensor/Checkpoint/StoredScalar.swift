/// An element type of tensors that files store as it is.
public protocol StoredScalar: TensorScalar {
    /// The name that files have for it.
    static var scalarType: ScalarType { get }
}

extension Float: StoredScalar {
    public static var scalarType: ScalarType { .float32 }
}
extension Int64: StoredScalar {
    public static var scalarType: ScalarType { .int64 }
}
extension Int32: StoredScalar {
    public static var scalarType: ScalarType { .int32 }
}
extension Int8: StoredScalar {
    public static var scalarType: ScalarType { .int8 }
}
extension UInt8: StoredScalar {
    public static var scalarType: ScalarType { .uint8 }
}
