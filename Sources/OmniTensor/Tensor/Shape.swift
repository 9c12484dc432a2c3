/// The extents of a row-major array, outermost first. `[]` is a scalar.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// One extent per dimension.
    public let dimensions: [Int]

    /// - Precondition: no extent is negative and the element count fits an `Int`. Shapes that come out of files are
    ///   checked by ``init(validating:)``.
    public init(_ dimensions: [Int]) {
        guard let shape = Shape(validating: dimensions) else { preconditionFailure("impossible shape \(dimensions)") }
        self = shape
    }

    /// `nil` when an extent is negative or the element count overflows.
    public init?(validating dimensions: [Int]) {
        var count = 1
        for extent in dimensions {
            guard extent >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            count = product
        }
        self.dimensions = dimensions
        elementCount = count
    }

    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// The product of all extents; 1 for a scalar.
    public let elementCount: Int
    /// The number of dimensions.
    public var rank: Int { dimensions.count }
    /// The extent of one dimension.
    public subscript(dimension: Int) -> Int { dimensions[dimension] }

    public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
