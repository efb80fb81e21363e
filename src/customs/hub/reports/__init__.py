"""Fulfilment health (履约健康度): figures of orders from intake to delivery with stated formulas, and the reports of them.

Figures come by cohort (orders taken in within a window, followed to their end) and by event (things that came to their end
within it). Each share has its numerator and denominator; one without orders is empty, not 0 %.
"""
