/// What the values of a pickle refer to.
struct PickleHeap {
    /// A run of elements in an entry of the archive.
    struct Storage {
        /// `nil` for a storage of bytes, of which the tensor knows the type.
        var scalarType: ScalarType?
        var key: String
        var elementCount: Int
    }

    /// A view of a storage, as the file describes it, unchecked. Offsets and strides count elements.
    struct Tensor {
        /// The place of its storage.
        var storage: Int
        var scalarType: ScalarType
        var offset: Int
        /// The places of two tuples: tensors may share them, however long they are.
        var extents: Int
        var strides: Int
    }

    var sequences: [[PickleValue]] = []
    var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    var storages: [Storage] = []
    /// Bytes of an element of the storages whose elements are not read, by their keys.
    var foreignStorageWidths: [String: Int] = [:]
    var tensors: [Tensor] = []

    mutating func sequence(_ values: [PickleValue]) -> PickleValue {
        sequences.append(values)
        return .sequence(sequences.count - 1)
    }

    mutating func dictionary() -> PickleValue {
        dictionaries.append([])
        return .dictionary(dictionaries.count - 1)
    }

    /// The members of a tuple or list; `nil` for other values.
    func members(_ value: PickleValue) -> [PickleValue]? {
        guard case .sequence(let place) = value else { return nil }
        return sequences[place]
    }

    /// A tuple of at most as many integers as a tensor has dimensions; `nil` for anything else.
    func integers(_ place: Int) -> [Int]? {
        guard sequences[place].count <= StoredTensor.rankLimit else { return nil }
        var integers: [Int] = []
        for member in sequences[place] {
            guard case .integer(let integer) = member else { return nil }
            integers.append(integer)
        }
        return integers
    }
}
