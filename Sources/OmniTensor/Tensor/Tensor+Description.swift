extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
    /// The type, the shape and the first elements, as in `Tensor<Float> [2, 3]: 0.1, 0.2, 0.3, 0.4, 0.5, 0.6`.
    public var description: String {
        let shownCount = 8
        let elements = (0..<min(shape.elementCount, shownCount)).map { "\(span[$0])" }.joined(separator: ", ")
        return "Tensor<\(Scalar.self)> \(shape): \(elements)\(shape.elementCount > shownCount ? ", …" : "")"
    }

    public var debugDescription: String { description }
}
