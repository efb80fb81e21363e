"""Orders, refusals for quota and deliveries as interface and console show them (展示), with the numbers of people masked."""
