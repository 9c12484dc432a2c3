extension MutableSpan where Element: ~Copyable {
    /// Some of the elements, for writing, while the whole is set aside. The standard library's own spelling is still
    /// underscored; this is the one place that uses it.
    @_lifetime(&self)
    public mutating func part(_ range: Range<Int>) -> MutableSpan<Element> {
        _mutatingExtracting(range)
    }
}
